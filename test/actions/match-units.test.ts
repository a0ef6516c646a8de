import fc from 'fast-check';
import { expect, it } from 'vitest';
import { matchUnits } from '../../actions/match-units.ts';
import type { RecordBatch } from '../../actions/ports.ts';
import { writeDetails } from '../../actions/write-details.ts';
import { writeSnapshot } from '../../actions/write-snapshot.ts';
import type { FeedState } from '../../core/run/run.ts';
import { anApk } from '../support/advisory-builders.ts';
import { aFeedState } from '../support/builders.ts';
import { aCveRecord } from '../support/details-builders.ts';
import { anIndexedInventory, anIndexOf, someInventories } from '../support/fleet-builders.ts';
import { createMemoryObjectStore, type MemoryObjectStore } from '../support/memory-object-store.ts';

const DAYS = ['2026-11-20', '2026-11-21', '2026-11-22'] as const;

const aRecord = fc.record({
  name: fc.constantFrom('zlib', 'openssl', 'py3-idna', 'origin', 'idna', 'requests'),
  fixed: fc.constantFrom('0', '1.2.3-r1', '3.7', '9'),
  cve: fc.constantFrom('CVE-2026-1000', 'CVE-2026-2000'),
  withdrawn: fc.constantFrom(null, null, ...DAYS),
});
type Drawn = typeof aRecord extends fc.Arbitrary<infer Value> ? Value : never;

/** What feeds say, and what a details feed says of one of the ids. */
const aState = fc.record({
  feeds: fc.array(fc.array(aRecord, { maxLength: 6 }), { minLength: 1, maxLength: 2 }),
  title: fc.constantFrom(null, 'Overflow', 'Use after free'),
});

function osvOf({ name, fixed, cve, withdrawn }: Drawn, n: number) {
  const ecosystem = ['idna', 'requests'].includes(name) ? 'PyPI' : 'Wolfi';
  return {
    id: `R-${n}`,
    upstream: [cve],
    ...(withdrawn !== null && { withdrawn: `${withdrawn}T01:00:00Z` }),
    affected: [
      {
        package: { ecosystem, name },
        ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed }] }],
      },
    ],
  };
}

async function* stream(records: readonly unknown[]): AsyncGenerator<RecordBatch> {
  yield records;
}

async function write(
  objects: MemoryObjectStore,
  { feeds, title }: typeof aState extends fc.Arbitrary<infer Value> ? Value : never,
): Promise<FeedState[]> {
  const states: FeedState[] = [];
  for (const [n, drawn] of feeds.entries()) {
    const { key } = await writeSnapshot(objects, `feed-${n}`, stream(drawn.map(osvOf)));
    states.push(aFeedState({ name: `feed-${n}`, key }));
  }
  if (title === null) return states;
  const record = aCveRecord('CVE-2026-1000', { title });
  const { key } = await writeDetails(objects, 'cve', stream([record]));
  return [...states, aFeedState({ name: 'cve', kind: 'details', key })];
}

/** Looks at one of two states, as of one day. */
const looks = fc.array(fc.record({ state: fc.constantFrom(0, 1), day: fc.constantFrom(...DAYS) }), {
  minLength: 2,
  maxLength: 5,
});

it('finds by one state after another what it would find by each alone', async () => {
  let found = 0;
  await fc.assert(
    fc.asyncProperty(
      someInventories,
      fc.tuple(aState, aState),
      looks,
      async (images, states, list) => {
        const { units } = anIndexOf(images);
        const objects = createMemoryObjectStore();
        const matching = matchUnits(objects, units);
        const written = [await write(objects, states[0]), await write(objects, states[1])];
        for (const { state, day } of list) {
          const feeds = written[state] ?? [];
          const at = `${day}T02:00:00Z`;
          const alone = await matchUnits(objects, units).match(feeds, at);
          expect(await matching.match(feeds, at)).toEqual(alone);
          found += alone.flat().length;
        }
      },
    ),
    { numRuns: 200 },
  );
  expect(found).toBeGreaterThan(500);
});

it('finds no more in what is withdrawn between two looks at the same state', async () => {
  const objects = createMemoryObjectStore();
  const [lasting, ending] = [null, '2026-11-21' as const].map((withdrawn, n) =>
    osvOf({ name: n === 0 ? 'zlib' : 'openssl', fixed: '9', cve: 'CVE-2026-1000', withdrawn }, n),
  );
  const { key } = await writeSnapshot(objects, 'feed-0', stream([lasting, ending]));
  const packages = [anApk({ name: 'zlib' }), anApk({ name: 'openssl' })];
  const { units } = anIndexOf([anIndexedInventory('image', packages)]);
  const matching = matchUnits(objects, units);
  const feeds = [aFeedState({ name: 'feed-0', key })];

  const before = await matching.match(feeds, '2026-11-20T02:00:00Z');
  const after = await matching.match(feeds, '2026-11-22T02:00:00Z', before);

  expect(before.map((each) => each.length).toSorted()).toEqual([1, 1]);
  expect(after.map((each) => each.length).toSorted()).toEqual([0, 1]);
});
