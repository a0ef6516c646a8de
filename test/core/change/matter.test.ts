import { describe, expect, it } from 'vitest';
import { type Matter, matterHash, tell } from '../../../core/change/matter.ts';
import { aCheckItem, anItem, of } from '../../support/builders.ts';

function aMatter(overrides: Partial<Matter> = {}): Matter {
  const item = anItem();
  return {
    kind: 'regression',
    cause: 'image',
    subject: 'r.test/web:1',
    imageDigest: of('new'),
    previousDigest: null,
    known: new Map(),
    items: new Map([[item.key, item]]),
    moves: new Map(),
    lineages: new Set(['a']),
    ...overrides,
  };
}

const shell = aCheckItem('shell');
const move = { language: 'python', from: '3.13', to: '3.14' };

describe('the hash of an image’s matter', () => {
  it.each<[string, Partial<Matter>]>([
    ['who is concerned', { lineages: new Set(['b', 'c']) }],
    ['the tag it came under', { subject: 'r.test/web:2' }],
    [
      'how the finding is rated or fixed',
      { items: new Map([[anItem().key, anItem({ severity: 'low', fixedIn: null })]]) },
    ],
  ])('does not know %s', (_name, overrides) => {
    expect(matterHash(aMatter(overrides))).toBe(matterHash(aMatter()));
  });

  it.each<[string, Partial<Matter>]>([
    ['the digest', { imageDigest: of('another') }],
    ['the kind', { kind: 'new-workload' }],
    ['the cause', { cause: 'deployment' }],
    ['what was there before, where somebody chose', { previousDigest: of('old') }],
    ['what it brought', { items: new Map([[shell.key, shell]]) }],
    ['a runtime that moved', { moves: new Map([['m', move]]) }],
  ])('knows %s', (_name, overrides) => {
    expect(matterHash(aMatter(overrides))).not.toBe(matterHash(aMatter()));
  });

  it('does not know the order in which things were found', () => {
    const [a, b] = [anItem(), shell];
    const forwards = new Map([a, b].map((item) => [item.key, item]));
    const backwards = new Map([b, a].map((item) => [item.key, item]));
    expect(matterHash(aMatter({ items: forwards }))).toBe(
      matterHash(aMatter({ items: backwards })),
    );
  });
});

describe('the hash of an advisory’s matter', () => {
  const disclosed = (records: { id: string; hash: string }[], overrides: Partial<Matter> = {}) => {
    const item = anItem({ records });
    return matterHash(
      aMatter({
        kind: 'disclosed',
        cause: 'advisory',
        subject: 'CVE-2026-0001',
        imageDigest: null,
        items: new Map([[item.key, item]]),
        ...overrides,
      }),
    );
  };
  const record = { id: 'CGA-1', hash: 'h1' };

  it('knows the records in the state that decided, and the vulnerability', () => {
    expect(disclosed([record])).not.toBe(disclosed([{ ...record, hash: 'h2' }]));
    expect(disclosed([record])).not.toBe(disclosed([{ ...record, id: 'CGA-2' }]));
    expect(disclosed([record])).not.toBe(disclosed([record], { subject: 'CVE-2026-0002' }));
  });

  it('does not know who runs it', () => {
    expect(disclosed([record])).toBe(disclosed([record], { lineages: new Set(['x']) }));
  });
});

it('opens a thread under the first alert’s id', () => {
  const { alert, thread } = tell(
    'm',
    {},
    {
      kind: 'feed',
      severity: 'none',
      cause: 'feed',
      title: 'Feed wolfi is held',
      remedy: 'Wait.',
      subject: 'wolfi',
      lineages: [],
      details: [],
    },
  );
  expect(alert).toMatchObject({ alertId: 'm', threadId: 'm' });
  expect(thread).toEqual({
    threadId: 'm',
    matter: 'm',
    kind: 'feed',
    severity: 'none',
    title: 'Feed wolfi is held',
    subject: 'wolfi',
  });
});
