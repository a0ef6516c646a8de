import { describe, expect, it } from 'vitest';
import { episodeId } from '../../../core/change/matter.ts';
import { type ResolveInput, resolveThreads } from '../../../core/change/resolve-threads.ts';
import {
  aComparison,
  aFinding,
  anItem,
  aRow,
  aThread,
  aWorkload,
  of,
} from '../../support/builders.ts';

const told = anItem({ origin: { thread: 'thread-1' } });

function resolve(overrides: Partial<ResolveInput>) {
  return resolveThreads({
    known: [aThread()],
    opened: [],
    rows: [],
    standing: new Set(),
    comparisons: [],
    ended: {},
    ...overrides,
  });
}

it('keeps a thread open while one lineage still has an item of it', () => {
  const { alerts, open, ended } = resolve({ rows: [aRow(), aRow({ items: [told] })] });
  expect(alerts).toEqual([]);
  expect(open).toEqual([aThread()]);
  expect(ended).toEqual({});
});

const moved = { language: 'python', from: '3.13', to: '3.14', thread: 'thread-1' };

it('keeps a thread open while a runtime that it tells of has not gone back', () => {
  expect(resolve({ rows: [aRow({ moves: [moved] })] }).open).toEqual([aThread()]);
});

it('ends a runtime’s move with what it is now, and what that means', () => {
  const back = aComparison({
    previous: aRow({ moves: [moved] }),
    facts: { checks: [], runtimes: [{ language: 'python', minor: '3.13' }] },
  });
  const [alert] = resolve({ comparisons: [back] }).alerts;
  expect(alert).toMatchObject({
    kind: 'resolved',
    cause: 'image',
    remedy: 'Rebuild what was built for Python 3.14 meanwhile.',
  });
  expect(alert?.message).toContain('- Python is at 3.13 again');
});

it('keeps a thread without items open while it is still so', () => {
  expect(resolve({ standing: new Set(['thread-1']) }).open).toEqual([aThread()]);
});

it('ends a thread in one message under its first alert, with who was concerned and why', () => {
  const workload = aWorkload();
  const gone = aComparison({
    target: workload,
    previous: aRow({ ...workload, digest: of('old'), items: [told] }),
  });
  const { alerts, open, ended } = resolve({ comparisons: [gone], ended: { other: 3 } });

  expect(alerts).toMatchObject([
    {
      kind: 'resolved',
      threadId: 'thread-1',
      cause: 'image',
      title: 'Resolved: web got worse',
      lineages: [workload.lineage],
    },
  ]);
  expect(open).toEqual([]);
  expect(ended).toEqual({ other: 3, 'thread-1': 1 });
});

it('gives an end the same id, whichever build brought it', () => {
  const byImage = aComparison({ previous: aRow({ items: [told] }) });
  const byAdvisory = aComparison({ previous: aRow({ items: [told] }), before: [aFinding()] });
  const idOf = (comparison: typeof byImage) =>
    resolve({ comparisons: [comparison] }).alerts[0]?.alertId;

  expect(idOf(byImage)).toBe(idOf(byAdvisory));
  expect(idOf(byImage)).not.toBe('thread-1');
});

it.each([
  ['that nothing runs on it', [], 'nothing runs on Alpine 3.22 any more'],
  [
    'that its dates are others',
    ['Alpine 3.22'],
    'of Alpine 3.22 a newer version of Tidewatch knows other dates',
  ],
])('says at the end of what was told of a release %s', (_, running, expected) => {
  const title = 'Support of Alpine 3.22 ends on 2027-05-01';
  const known = [aThread({ kind: 'support', title, subject: 'Alpine 3.22' })];
  const [alert] = resolve({ known, releases: new Set(running) }).alerts;
  expect(alert?.title).toBe(`Resolved: ${expected}`);
});

it('ends what was opened and is over on the same night not at all: it was never told', () => {
  expect(resolve({ known: [], opened: [aThread()] })).toMatchObject({ alerts: [], open: [] });
});

it('takes threads of tonight among the open ones, each once', () => {
  const rows = [aRow({ items: [told] })];
  expect(resolve({ rows, opened: [aThread()] }).open).toEqual([aThread()]);
});

it.each([
  ['regression', 'image'],
  ['feed', 'feed'],
  ['problem', 'inventory'],
  ['disclosed', 'deployment'],
] as const)('names a cause for the end of a %s that no comparison shows: %s', (kind, cause) => {
  expect(resolve({ known: [aThread({ kind })] }).alerts).toMatchObject([{ cause }]);
});

describe('episodes', () => {
  it('give a matter that comes back an id of its own each time', () => {
    const ids = [0, 1, 2].map((count) => episodeId('matter', count === 0 ? {} : { matter: count }));
    expect(new Set(ids).size).toBe(3);
    expect(ids[0]).toBe('matter');
  });

  it('end apart, so that a second end is no double of the first', () => {
    const [first] = resolve({}).alerts;
    const matter = 'thread-1';
    const second = aThread({ threadId: episodeId(matter, { [matter]: 1 }), matter });
    const { alerts, ended } = resolve({ known: [second], ended: { [matter]: 1 } });

    expect(alerts[0]?.alertId).not.toBe(first?.alertId);
    expect(ended).toEqual({ [matter]: 2 });
  });
});
