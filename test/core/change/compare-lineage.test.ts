import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  compareLineage,
  type LineageComparison,
  type LineageInput,
} from '../../../core/change/compare-lineage.ts';
import { comparePackages } from '../../../core/change/compare-packages.ts';
import { rowAfter } from '../../../core/change/row-after.ts';
import { aFinding, aLineageInput, anItem, aRow, aWorkload, of } from '../../support/builders.ts';

/** `opened CVE-… by cause`, `kept …`, `closed …`. */
function changesOf(overrides: Partial<LineageInput>): string[] {
  const { changes, kept } = compareLineage(aLineageInput(overrides));
  return [
    ...changes.map(({ kind, item, cause }) => `${kind} ${item.key.split('|')[1]} by ${cause}`),
    ...kept.map((item) => `kept ${item.key.split('|')[1]}`),
  ].sort();
}

const finding = aFinding();
const sameImage = aRow({ digest: of('new'), imageDigest: of('new index') });
const hadIt = { items: [anItem()] };

describe('the cause of what opens', () => {
  it.each<[string, Partial<LineageInput>, string]>([
    ['a new image that the old advisories would have found', { before: [finding] }, 'image'],
    ['an advisory that was not there yesterday', { before: [] }, 'advisory'],
    ['an advisory for the same image', { before: [], previous: sameImage }, 'advisory'],
    [
      'our code, when neither image nor advisories changed',
      { before: [finding], previous: sameImage, newEngine: true },
      'engine',
    ],
    [
      'an advisory, when the row is older than the last night and the code is the same',
      { before: [finding], previous: sameImage },
      'advisory',
    ],
    ['a workload that appears', { before: [finding], previous: undefined }, 'deployment'],
    [
      'a workload that goes to an older digest',
      {
        target: aWorkload(),
        before: [finding],
        previous: aRow({ kind: 'workload' }),
        isPresent: false,
      },
      'deployment',
    ],
    ['a feed that was never read before', { before: [], newFeeds: new Set(['wolfi']) }, 'feed'],
  ])('is %s', (_name, overrides, cause) => {
    expect(changesOf({ after: [finding], ...overrides })).toEqual([
      `opened CVE-2026-0001 by ${cause}`,
    ]);
  });

  it('is no new feed while a feed that was there says so too', () => {
    const both = aFinding({ feeds: ['ghsa', 'wolfi'] });
    expect(changesOf({ after: [both], newFeeds: new Set(['ghsa']) })).toEqual([
      'opened CVE-2026-0001 by advisory',
    ]);
  });

  it('tells image and advisory apart when both changed in one night', () => {
    const disclosed = aFinding({ id: 'CVE-2026-0002' });
    expect(changesOf({ before: [finding], after: [finding, disclosed] })).toEqual([
      'opened CVE-2026-0001 by image',
      'opened CVE-2026-0002 by advisory',
    ]);
  });

  it('is the image for a check that is lost', () => {
    const facts = { checks: [{ id: 'shell', message: 'Has a shell.' }], runtimes: [] };
    expect(changesOf({ facts })).toEqual(['opened shell by image']);
  });

  it('is our code for a check that the row was made without, on a new image too', () => {
    const facts = {
      checks: [
        { id: 'setuid', message: 'Has setuid programs.' },
        { id: 'shell', message: 'Has a shell.' },
      ],
      runtimes: [],
    };
    const newChecks = new Set(['setuid']);
    expect(changesOf({ facts, newChecks })).toEqual([
      'opened setuid by engine',
      'opened shell by image',
    ]);
    // A workload that appears is judged by all that is known of it.
    expect(changesOf({ facts, newChecks, previous: undefined })).toEqual([
      'opened setuid by deployment',
      'opened shell by deployment',
    ]);
  });
});

describe('the cause of what closes', () => {
  it.each<[string, Partial<LineageInput>, string]>([
    ['the new image', { before: [] }, 'image'],
    [
      'the advisories, where the image still has it by the old ones',
      { before: [finding] },
      'advisory',
    ],
    [
      'a deployment of another digest',
      { target: aWorkload(), previous: aRow({ kind: 'workload', ...hadIt }), isPresent: false },
      'deployment',
    ],
    ['our code', { previous: { ...sameImage, ...hadIt }, newEngine: true }, 'engine'],
  ])('is %s', (_name, overrides, cause) => {
    expect(changesOf({ previous: aRow(hadIt), ...overrides })).toEqual([
      `closed CVE-2026-0001 by ${cause}`,
    ]);
  });
});

describe('what stays', () => {
  it('keeps its origin and takes what is newly known', () => {
    const previous = aRow({ items: [anItem({ origin: { thread: 't' } })] });
    const fixed = aFinding({ fixedIn: '3.6.0-r0', severity: 'critical' });

    const { kept, changes } = compareLineage(aLineageInput({ previous, after: [fixed] }));

    expect(changes).toEqual([]);
    expect(kept).toEqual([
      anItem({ origin: { thread: 't' }, fixedIn: '3.6.0-r0', severity: 'critical' }),
    ]);
  });

  it('is the same matter under a better id', () => {
    const previous = aRow({ items: [anItem({ finding: { id: 'GHSA-1' } })] });
    const renamed = aFinding({ id: 'CVE-2026-0009', aliases: ['GHSA-1'] });
    expect(changesOf({ previous, after: [renamed] })).toEqual(['kept CVE-2026-0009']);
  });

  it('is not the same in another package', () => {
    const previous = aRow({ items: [anItem({ finding: { package: 'pkg:apk/wolfi/curl@1' } })] });
    expect(changesOf({ previous, before: [finding], after: [finding] })).toEqual([
      'closed CVE-2026-0001 by image',
      'opened CVE-2026-0001 by image',
    ]);
  });

  it('is everything of a lineage that nobody saw', () => {
    expect(changesOf({ previous: { ...sameImage, ...hadIt }, stale: 'denied' })).toEqual([
      'kept CVE-2026-0001',
    ]);
  });

  it('is a finding that there is nothing to judge by; a check is judged', () => {
    const facts = { checks: [{ id: 'shell', message: 'Has a shell.' }], runtimes: [] };
    expect(changesOf({ previous: aRow(hadIt), facts, before: null, after: null })).toEqual([
      'kept CVE-2026-0001',
      'opened shell by image',
    ]);
  });
});

describe('what depends on the day', () => {
  // Ended on 2024-05-23.
  const supported = [{ product: 'alpine', release: '3.16', name: 'Alpine 3.16' }];
  const facts = { checks: [], runtimes: [], supported };
  const item = { ...anItem(), key: 'check|support', ids: [], records: [], feeds: [] };

  it('opens by the day alone where the image is the same', () => {
    const at = { before: '2024-05-23T02:00:00Z', after: '2024-05-24T02:00:00Z' };

    expect(changesOf({ facts, at, previous: sameImage, before: [], after: [] })).toEqual([
      'opened support by advisory',
    ]);
  });

  it('is neither there nor gone where an older version has read the image', () => {
    const previous = aRow({ items: [item] });
    expect(changesOf({ facts: { checks: [], runtimes: [] }, previous })).toEqual(['kept support']);
    const asked = { checks: [], runtimes: [], supported: [] };
    expect(changesOf({ facts: asked, previous })).toEqual(['closed support by image']);
  });
});

describe('what was too little to be told', () => {
  const low = aRow({
    ...{ digest: of('new'), imageDigest: of('new index') },
    items: [anItem({ origin: 'untold', severity: 'low' })],
  });

  it('is looked at again when advisories rate it higher', () => {
    const before = [aFinding({ severity: 'low' })];
    expect(changesOf({ previous: low, before, after: [finding] })).toEqual([
      'opened CVE-2026-0001 by advisory',
    ]);
  });

  it('is looked at again when its publisher sees a danger after all', () => {
    const quiet = aRow({ ...low, items: [anItem({ origin: 'untold', status: 'unimportant' })] });
    const before = [aFinding({ status: 'unimportant' })];
    expect(changesOf({ previous: quiet, before, after: [finding] })).toEqual([
      'opened CVE-2026-0001 by advisory',
    ]);
    expect(changesOf({ previous: quiet, before, after: before })).toEqual(['kept CVE-2026-0001']);
  });

  it('is our own doing when only our code rates it higher', () => {
    expect(
      changesOf({ previous: low, before: [finding], after: [finding], newEngine: true }),
    ).toEqual(['opened CVE-2026-0001 by engine']);
  });

  it('stays when it is rated lower or as before', () => {
    expect(changesOf({ previous: low, after: [aFinding({ severity: 'low' })] })).toEqual([
      'kept CVE-2026-0001',
    ]);
  });

  it('stays what it was once it was told, however it is rated', () => {
    const told = { ...low, items: [anItem({ origin: { thread: 't' }, severity: 'low' })] };
    expect(changesOf({ previous: told, after: [finding] })).toEqual(['kept CVE-2026-0001']);
  });
});

describe('runtimes', () => {
  const python = (minor: string) => ({ language: 'python', minor });

  it.each([
    ['a minor that takes another one’s place', ['3.13'], ['3.14'], ['3.13>3.14']],
    ['not one that joins', ['3.13'], ['3.13', '3.14'], []],
    ['not one that leaves', ['3.13', '3.14'], ['3.14'], []],
    ['not the first one', [], ['3.14'], []],
    ['not the same', ['3.14'], ['3.14'], []],
  ])('move by %s', (_name, had, has, moves) => {
    const { moved } = compareLineage(
      aLineageInput({
        previous: aRow({ runtimes: had.map(python) }),
        facts: { checks: [], runtimes: has.map(python) },
      }),
    );
    expect(moved.map(({ from, to }) => `${from}>${to}`)).toEqual(moves);
  });

  it.each<[string, string[], string[], string[]]>([
    ['the same minor', ['12>13', '13>14'], ['14'], ['12>13', '13>14']],
    ['a further minor', ['13>14'], ['15'], ['13>14']],
    ['the minor before', ['12>13', '13>14'], ['13'], ['12>13']],
    ['the minor before that', ['12>13', '13>14'], ['12'], []],
    ['an older minor than any', ['12>13', '13>14'], ['11'], ['12>13', '13>14']],
    ['both minors', ['13>14'], ['13', '14'], []],
    ['none of that language', ['13>14'], [], []],
  ])('that come to %s have these moves standing', (_name, moves, has, standing) => {
    const move = (text: string) => {
      const [from = '', to = ''] = text.split('>');
      return { language: 'python', from, to, thread: text };
    };
    const node = { language: 'node', from: '22', to: '24', thread: null };
    const comparison = compareLineage(
      aLineageInput({
        previous: aRow({ moves: [...moves.map(move), node] }),
        facts: {
          checks: [],
          runtimes: [...has.map(python), { language: 'node', minor: '24' }],
        },
      }),
    );
    expect(comparison.standing).toEqual([...standing.map(move), node]);
    expect(comparison.returned).toEqual(moves.filter((each) => !standing.includes(each)).map(move));
  });

  it('have gone back on nothing where nobody saw them', () => {
    const moves = [{ language: 'python', from: '3.13', to: '3.14', thread: 't' }];
    const unseen = compareLineage(aLineageInput({ previous: aRow({ moves }), stale: 'not seen' }));
    expect(unseen).toMatchObject({ standing: moves, returned: [] });
  });
});

describe('packages alone', () => {
  it('compare as the whole lineage does, when nothing else can have changed', () => {
    const finding = fc
      .record({
        id: fc.constantFrom('CVE-2026-1', 'CVE-2026-2', 'CVE-2026-3'),
        name: fc.constantFrom('openssl', 'zlib'),
        version: fc.constantFrom('1.0-r0', '2.0-r0'),
        severity: fc.constantFrom('low' as const, 'critical' as const),
      })
      .map(({ name, version, ...each }) =>
        aFinding({ ...each, version, package: `pkg:apk/wolfi/${name}@${version}?arch=x86_64` }),
      );
    const findings = fc.array(finding, { maxLength: 6 });
    fc.assert(
      fc.property(findings, findings, findings, (kept, before, after) => {
        const same = kept.map((each) => ({
          ...each,
          package: `pkg:apk/wolfi/other@${each.version}`,
        }));
        const facts = { checks: [{ id: 'shell', message: 'A shell.' }], runtimes: [] };
        const first = aLineageInput({ facts, before: null, after: [...same, ...before] });
        const previous = rowAfter(compareLineage(first), () => 'baseline', []);
        const input = { ...first, previous };

        const whole = compareLineage({
          ...input,
          before: [...same, ...before],
          after: [...same, ...after],
        });
        const packages = new Set(['pkg:apk/wolfi/openssl', 'pkg:apk/wolfi/zlib']);
        const alone = comparePackages({ ...input, before, after }, packages);

        const inOrder = ({ kept: items, ...rest }: LineageComparison) => ({
          ...rest,
          kept: items.toSorted((left, right) => (left.key < right.key ? -1 : 1)),
        });
        expect(inOrder(alone)).toEqual(inOrder(whole));
      }),
    );
  });
});
