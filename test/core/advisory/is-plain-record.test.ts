import fc from 'fast-check';
import { expect, it } from 'vitest';
import { compileRecord } from '../../../core/advisory/compile-record.ts';
import { isPlainRecord } from '../../../core/advisory/is-plain-record.ts';
import { MalformedAdvisoryError, OsvRecord, parseOsvRecord } from '../../../core/advisory/osv.ts';

/** Now and then what has no business there. */
function or(usual: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: 40, arbitrary: usual }, { weight: 1, arbitrary: strange });
}

const anything = fc.jsonValue({ maxDepth: 1 });
const strange = fc.oneof(
  fc.constantFrom(
    null,
    0,
    '',
    [],
    {},
    [null],
    ['a', 1],
    'a\nb',
    '\ud800',
    'é',
    '2026-13-01',
    ' ',
    'soon 3',
  ),
  anything,
);
const text = or(fc.constantFrom('0', '1.2.3-r0', 'CGA-1', 'Wolfi', 'GIT', 'a b'));
const time = or(
  fc.constantFrom('2026-01-01T00:00:00Z', '2026-01-01T00:00:00.123456Z', '2026-01-01'),
);
const list = (items: fc.Arbitrary<unknown>) => or(fc.array(items, { maxLength: 3 }));
const some = (fields: Record<string, fc.Arbitrary<unknown>>, requiredKeys: string[]) =>
  or(fc.record(fields, { requiredKeys }));

const severities = list(some({ type: text, score: text }, ['type', 'score']));
const event = some({ introduced: text, fixed: text, last_affected: text, limit: text }, []);
const affected = some(
  {
    package: some({ ecosystem: text, name: text, purl: text }, ['ecosystem', 'name']),
    ranges: list(some({ type: text, events: list(event) }, ['type', 'events'])),
    versions: list(text),
    severity: severities,
    ecosystem_specific: anything,
    database_specific: anything,
  },
  [],
);
const record = some(
  {
    id: text,
    modified: time,
    withdrawn: time,
    aliases: list(text),
    upstream: list(text),
    severity: severities,
    affected: list(affected),
    database_specific: anything,
    more: anything,
  },
  ['id'],
);

it('takes no record that the schema refuses, and both make the same entries of it', () => {
  let taken = 0;
  fc.assert(
    fc.property(record, (generated) => {
      const json: unknown = JSON.parse(JSON.stringify(generated));
      if (!isPlainRecord(json)) return;
      taken++;
      const bySchema = OsvRecord.parse(json);
      expect(compileRecord('feed', json)).toEqual(compileRecord('feed', bySchema));
      expect([json.id, json.modified]).toEqual([bySchema.id, bySchema.modified]);
    }),
    { numRuns: 1500 },
  );
  expect(taken).toBeGreaterThan(100);
});

it('takes what feeds are full of, so that the schema is rarely asked', () => {
  const json = {
    id: 'CGA-2345-6789-cfgh',
    modified: '2026-01-01T00:00:00Z',
    published: '2026-01-01T00:00:00Z',
    withdrawn: null,
    aliases: [],
    upstream: ['CVE-2026-9000001'],
    severity: [{ type: 'CVSS_V3', score: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H' }],
    affected: [
      {
        package: { ecosystem: 'Wolfi', name: 'zlib', purl: 'pkg:apk/wolfi/zlib?arch=x86_64' },
        ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed: '1.3-r1' }] }],
        versions: ['1.2-r0'],
        ecosystem_specific: { components: [] },
      },
    ],
  };
  expect(isPlainRecord(json)).toBe(true);
});

it.each<[string, object]>([
  ['an id of blanks', { id: ' ' }],
  ['a package without a name', { affected: [{ package: { ecosystem: 'Wolfi', name: '\u00a0' } }] }],
  ['a time that only some would read', { withdrawn: 'soon 3' }],
  ['a year alone', { withdrawn: '2026' }],
  ['a time without a day', { modified: '2026-13-01' }],
])('is no record with %s', (_name, fields) => {
  const json = { id: 'CGA-1', ...fields };
  expect(isPlainRecord(json)).toBe(false);
  expect(() => parseOsvRecord(json)).toThrow(MalformedAdvisoryError);
});

it.each([
  '2026-01-01',
  '0001-01-01T00:00:00Z',
  '2026-01-01t00:00:00z',
  '2026-01-01 00:00:00+01:00',
])('takes the time %s', (time) => {
  expect(isPlainRecord({ id: 'CGA-1', withdrawn: time })).toBe(true);
});
