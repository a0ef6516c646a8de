import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readAdvisories } from '../../../adapters/feeds/read-advisories.ts';
import { compileRecord } from '../../../core/advisory/compile-record.ts';
import type { AdvisoryEntry, RangeEvent } from '../../../core/advisory/entry.ts';
import { evaluate } from '../../../core/advisory/evaluate.ts';
import { normaliseName } from '../../../core/advisory/normalise-name.ts';
import { parseOsvRecord } from '../../../core/advisory/osv.ts';
import {
  ceilingOf,
  createVersionReader,
  plainCeilingOf,
  readEntry,
  unreadableEvents,
} from '../../../core/advisory/read-entry.ts';
import { schemeOf } from '../../../core/version/scheme-of.ts';
import { anEntry } from '../../support/advisory-builders.ts';
import { collect } from '../../support/collect.ts';
import { goldenFile } from '../../support/golden-file.ts';

const REFERENCE_DATA = process.env.TIDEWATCH_REFERENCE_DATA ?? '../shared';

/** `introduced 0, fixed 2` as events. */
function events(text: string): RangeEvent[] {
  return text.split(', ').map((each) => {
    const [kind = '', version = ''] = each.split(' ');
    return [kind, version] as unknown as RangeEvent;
  });
}

function inPyPi(...ranges: string[]): AdvisoryEntry {
  return anEntry({ ecosystem: 'PyPI', ranges: ranges.map(events) });
}

describe('evaluate', () => {
  it.each([
    ['introduced 0, fixed 2', '1', true, '2'],
    ['introduced 0, fixed 2', '2', false, null],
    ['introduced 1, fixed 2', '0.9', false, null],
    ['introduced 0', '99', true, null],
    // "0" is below everything, a pre-release of zero too.
    ['introduced 0, fixed 1', '0.dev0', true, '1'],
    ['introduced 0, fixed 0', '0', false, null],
    ['introduced 0, fixed 0', '1', false, null],
    ['introduced 0, fixed 0.dev0', '0', true, '0.dev0'],
    // Ties.
    ['fixed 1, introduced 1', '1', false, null],
    ['last_affected 1, introduced 1', '1', true, null],
    ['last_affected 1, introduced 1', '1.1', false, null],
    ['introduced 1, last_affected 2', '2.0.0', true, null],
    ['introduced 1, last_affected 2', '2.0.1', false, null],
    // Unsorted and interleaved.
    ['fixed 4, introduced 3, fixed 2, introduced 1', '1.5', true, '2'],
    ['fixed 4, introduced 3, fixed 2, introduced 1', '2.5', false, null],
    ['fixed 4, introduced 3, fixed 2, introduced 1', '3.5', true, '4'],
    ['introduced 1, fixed 2, introduced 3', '5', true, null],
    // Limits.
    ['introduced 0, limit 2', '1', true, null],
    ['introduced 0, limit 2', '2', false, null],
    ['introduced 0, limit 2, limit 4', '3', true, null],
    ['introduced 0, limit 2, limit *', '9', true, null],
    // Events that do not parse are left out.
    ['introduced 0, fixed legacy, fixed 3', '2', true, '3'],
    ['introduced legacy, fixed 3', '2', true, '3'],
    ['introduced 0, limit legacy', '2', true, null],
    // Nobody knows what it lets through.
    ['introduced 0, limit legacy, limit 1', '2', true, null],
  ])('%s: %s', (range, version, affected, fixedIn) => {
    expect(evaluate(inPyPi(range), version)).toEqual({ affected, fixedIn, fallback: false });
  });

  it('asks for the highest fix when several ranges hit, and for none when one has none', () => {
    expect(evaluate(inPyPi('introduced 0, fixed 2', 'introduced 1, fixed 10'), '1')).toMatchObject({
      fixedIn: '10',
    });
    expect(evaluate(inPyPi('introduced 0, fixed 2', 'introduced 1'), '1')).toMatchObject({
      fixedIn: null,
    });
    expect(evaluate(inPyPi('introduced 0, fixed 2', 'introduced 3'), '1')).toMatchObject({
      fixedIn: '2',
    });
  });

  it('takes listed versions by their meaning, then by their text', () => {
    const entry = anEntry({ ecosystem: 'PyPI', ranges: [], versions: ['1.0', 'legacy'] });
    expect(evaluate(entry, '1.0.0').affected).toBe(true);
    expect(evaluate(entry, '1.0.1').affected).toBe(false);
    expect(evaluate(entry, 'legacy')).toEqual({ affected: true, fixedIn: null, fallback: true });
    expect(evaluate(anEntry({ ranges: [], versions: ['1.0-foo'] }), '1.0-foo').affected).toBe(true);
    expect(evaluate(anEntry({ ranges: [], versions: ['1.0-foo'] }), '1.0-bar').affected).toBe(
      false,
    );
  });

  it('lets a listed text hit, or what holds for every version, where one cannot be compared', () => {
    const hits = (range: string) => evaluate(inPyPi(range), 'legacy');
    expect(hits('introduced 0')).toEqual({ affected: true, fixedIn: null, fallback: true });
    expect(hits('introduced 0, limit *').affected).toBe(true);
    for (const range of ['introduced 0, fixed 2', 'introduced 1', 'introduced 0, limit 3']) {
      expect(hits(range)).toEqual({ affected: false, fixedIn: null, fallback: true });
    }
    expect(evaluate(anEntry({ ecosystem: 'Odd Linux:3', versions: ['1'] }), '1')).toEqual({
      affected: true,
      fixedIn: null,
      fallback: true,
    });
  });

  it('matches nothing without ranges and versions', () => {
    expect(evaluate(anEntry({ ranges: [], versions: [] }), '1').affected).toBe(false);
  });

  it('compares what apk calls invalid as apk does', () => {
    const entry = anEntry({ ranges: [events('introduced 0, fixed 1.1.0-r1')] });
    expect(evaluate(entry, '1.1.0-r1-r0').affected).toBe(true);
    expect(evaluate(entry, '1.1.0-r2').affected).toBe(false);
  });

  it('names the events that it leaves out', () => {
    const entry = inPyPi('introduced 0, fixed legacy, limit *');
    expect(unreadableEvents(entry)).toEqual(['legacy']);
  });

  it('does not depend on the order of events, nor on commits beside them', () => {
    const number = fc.integer({ min: 0, max: 6 }).map(String);
    const event = fc.tuple(
      fc.constantFrom('introduced', 'fixed', 'last_affected', 'limit'),
      number,
    );
    fc.assert(
      fc.property(
        fc
          .array(event, { minLength: 1, maxLength: 6 })
          .chain((list) =>
            fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
          ),
        number,
        ([list, shuffled], version) => {
          const git = { type: 'GIT', events: [{ introduced: '0' }] };
          const plain = compiled([{ type: 'ECOSYSTEM', events: objects(list) }]);
          const mixed = compiled([git, { type: 'ECOSYSTEM', events: objects(shuffled) }, git]);
          expect(evaluate(mixed, version)).toEqual(evaluate(plain, version));
          expect(mixed.hash).toBe(plain.hash);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('does not depend on how often a range or a version is said', () => {
    const number = fc.integer({ min: 0, max: 6 }).map(String);
    const range = fc.array(
      fc.tuple(fc.constantFrom('introduced', 'fixed', 'last_affected', 'limit'), number),
      { minLength: 1, maxLength: 4 },
    );
    fc.assert(
      fc.property(fc.array(range, { maxLength: 3 }), number, (ranges, version) => {
        const of = (lists: typeof ranges) => ({
          ...evaluate(
            compiled(lists.map((list) => ({ type: 'SEMVER', events: objects(list) }))),
            version,
          ),
        });
        expect(of([...ranges, ...ranges.toReversed()])).toEqual(of(ranges));
      }),
      { numRuns: 300 },
    );
  });

  it('has a ceiling above which nothing is affected', () => {
    const number = fc.integer({ min: 0, max: 6 }).map(String);
    const range = fc.array(
      fc.tuple(
        fc.constantFrom('introduced', 'fixed', 'last_affected', 'limit'),
        fc.oneof(number, fc.constant('odd version')),
      ) as unknown as fc.Arbitrary<RangeEvent>,
      { minLength: 1, maxLength: 4 },
    );
    const scheme = schemeOf('PyPI');
    fc.assert(
      fc.property(
        fc.array(range, { maxLength: 2 }),
        fc.array(fc.oneof(number, fc.constant('odd version')), { maxLength: 2 }),
        fc.integer({ min: 1, max: 7 }).map(String),
        (ranges, versions, version) => {
          const entry = anEntry({ ecosystem: 'PyPI', ranges, versions });
          const reader = createVersionReader('PyPI');
          const ceiling = scheme && ceilingOf(readEntry(entry, reader), scheme);
          const isAbove =
            ceiling === null ||
            (ceiling && scheme.compare(scheme.parse(version), ceiling.value) > 0);
          if (isAbove) expect(evaluate(entry, version).affected).toBe(false);
          const plain = plainCeilingOf(entry, reader);
          if (plain !== undefined) expect(plain).toEqual(ceiling);
        },
      ),
      { numRuns: 1000 },
    );
  });

  it.skipIf(!existsSync(REFERENCE_DATA))('finds what osv.dev finds for real queries', async () => {
    const queries: readonly Query[] = JSON.parse(
      Buffer.from(goldenFile('osv-pypi/pypi.queries.json')).toString(),
    );
    const records = await collect(
      readAdvisories(join(REFERENCE_DATA, 'golden/osv-pypi/pypi.records.jsonl')),
    );
    const entries = records.flat().flatMap((json) => compileRecord('pypi', parseOsvRecord(json)));
    const found = queries.map(({ name, version }) => ({
      name,
      version,
      ids: idsOf(entries, normaliseName('PyPI', name), version),
    }));
    expect(found).toEqual(
      queries.map(({ name, version, snapshot_eval }) => ({ name, version, ids: snapshot_eval })),
    );
    expect(queries).toHaveLength(31);
    expect(found.filter(({ ids }) => ids.length > 0)).toHaveLength(13);
  });
});

interface Query {
  readonly name: string;
  readonly version: string;
  readonly snapshot_eval: readonly string[];
}

function idsOf(entries: readonly AdvisoryEntry[], name: string, version: string): string[] {
  const hits = entries.filter(
    (entry) => entry.name === name && entry.withdrawn === null && evaluate(entry, version).affected,
  );
  return [...new Set(hits.map(({ record }) => record))].sort();
}

function objects(list: readonly (readonly [string, string])[]): Record<string, string>[] {
  return list.map(([kind, version]) => ({ [kind]: version }));
}

function compiled(ranges: unknown[]): AdvisoryEntry {
  const [entry] = compileRecord(
    'pypi',
    parseOsvRecord({
      id: 'PYSEC-1',
      affected: [{ package: { ecosystem: 'PyPI', name: 'a' }, ranges }],
    }),
  );
  if (!entry) throw new Error('no entry');
  return entry;
}

it.each(['v2.0-r0', '1:2.0-r0', 'not a version'])(
  'does not let an apk fix that is no version (%s) end a range',
  (fixed) => {
    const entry = anEntry({
      ecosystem: 'Wolfi',
      ranges: [
        [
          ['introduced', '0'],
          ['fixed', fixed],
        ],
      ],
    });

    expect(evaluate(entry, '1.3-r0')).toMatchObject({ affected: true, fixedIn: null });
    expect(unreadableEvents(entry)).toEqual([fixed]);
  },
);
