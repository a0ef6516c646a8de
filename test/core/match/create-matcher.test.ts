import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AdvisoryEntry, RangeEvent } from '../../../core/advisory/entry.ts';
import { createMatcher } from '../../../core/match/create-matcher.ts';
import { explainMatch } from '../../../core/match/explain-match.ts';
import type { Unit } from '../../../core/match/unit.ts';
import { anApk, anEntry, lookupIn } from '../../support/advisory-builders.ts';

const AT = '2026-11-21T00:00:00Z';

const version = fc.integer({ min: 0, max: 5 }).map((number) => (number ? `${number}-r0` : '0'));

const event = fc.tuple(
  fc.constantFrom(
    'introduced' as const,
    'fixed' as const,
    'last_affected' as const,
    'limit' as const,
  ),
  fc.oneof(version, fc.constant('no version')),
) satisfies fc.Arbitrary<RangeEvent>;

const range: fc.Arbitrary<RangeEvent[]> = fc.oneof(
  version.map((fixed): RangeEvent[] => [
    ['introduced', '0'],
    ['fixed', fixed],
  ]),
  fc.array(event, { maxLength: 4 }),
);

const entry: fc.Arbitrary<AdvisoryEntry> = fc
  .record({
    name: fc.constantFrom('zlib', 'zlib-dev'),
    upstream: fc.subarray(['CVE-1', 'CVE-2', 'GHSA-1'], { minLength: 1 }),
    aliases: fc.subarray(['GHSA-1', 'CVE-3'], { maxLength: 1 }),
    arch: fc.constantFrom(null, 'x86_64', 'aarch64'),
    ranges: fc.array(range, { maxLength: 2 }),
    versions: fc.array(fc.oneof(version, fc.constant('no version')), { maxLength: 2 }),
    isForSubpackages: fc.boolean(),
  })
  .map(({ isForSubpackages, ...rest }) =>
    anEntry({ ...rest, ...(!isForSubpackages && { subpackages: false as const }) }),
  );

const unit: fc.Arbitrary<Unit> = fc
  .record({
    version: fc.oneof(version, fc.constant('no version')),
    source: version,
    arch: fc.constantFrom(null, 'noarch', 'x86_64'),
  })
  .map((each) => ({
    ...anApk({
      name: 'zlib-dev',
      version: each.version,
      source: { name: 'zlib', version: each.source },
    }),
    arch: each.arch,
    owner: null,
  }));

describe('judge', () => {
  it('finds what explain finds when it looks at every vulnerability, whatever was judged before', () => {
    fc.assert(
      fc.property(
        fc
          .array(entry, { maxLength: 6 })
          .map((list) => list.map((each, index) => ({ ...each, record: `CGA-${index}` }))),
        fc.array(unit, { minLength: 1, maxLength: 4 }),
        (entries, units) => {
          const matcher = createMatcher(lookupIn(entries), AT);
          const ids = new Set(
            entries.flatMap(({ aliases, upstream }) => [...aliases, ...upstream]),
          );
          for (const each of units) {
            const explained = [...ids].flatMap(
              (id) => explainMatch(each, id, lookupIn(entries), AT).finding ?? [],
            );
            const expected = new Map(explained.map((finding) => [finding.id, finding]));
            const findings = matcher.judge(each);
            expect(new Map(findings.map((finding) => [finding.id, finding]))).toEqual(expected);
            expect(findings).toHaveLength(expected.size);
          }
        },
      ),
      { numRuns: 2000 },
    );
  });
});

it('finds what was affected last at 0 in a version 0', () => {
  const ranges = [[['introduced', '0'] as const, ['last_affected', '0'] as const]];
  const matcher = createMatcher(lookupIn([anEntry({ ranges })]), AT);

  expect(matcher.judge({ ...anApk({ version: '0' }), owner: null })).toHaveLength(1);
});

it('finds a version listed in so many words, though a record lists another one twice', () => {
  const versions = ['1.0-r0', '1.0-r0', '1.5_none'];
  const matcher = createMatcher(lookupIn([anEntry({ ranges: [], versions })]), AT);

  const findings = matcher.judge({ ...anApk({ version: '1.5_none' }), owner: null });
  expect(findings).toHaveLength(1);
});

describe('the status of a finding', () => {
  const statusOf = (...entries: readonly Partial<AdvisoryEntry>[]) =>
    createMatcher(
      lookupIn(entries.map((each, index) => anEntry({ record: `X-${index}`, ...each }))),
      AT,
    ).judge({ ...anApk(), owner: null })[0]?.status;

  it('is that its publisher sees no danger, while no other sees one', () => {
    expect(statusOf({ status: 'unimportant' })).toBe('unimportant');
    expect(statusOf({ status: 'unimportant' }, { status: 'informational' })).toBe('unimportant');
    expect(statusOf({ status: 'unimportant' }, {})).toBeUndefined();
    expect(
      statusOf(
        { status: 'informational' },
        { status: 'end-of-life', ranges: [[['introduced', '0']]] },
      ),
    ).toBe('end-of-life');
  });
});
