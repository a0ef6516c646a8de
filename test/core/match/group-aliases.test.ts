import fc from 'fast-check';
import { expect, it } from 'vitest';
import { groupAliases, type Identity } from '../../../core/match/group-aliases.ts';

function identity(record: string, aliases: string[] = [], upstream: string[] = []): Identity {
  return { record, aliases, upstream };
}

/** The groups' ids of each record. */
function grouped(records: readonly Identity[]): Record<string, string[]> {
  const groupsOf = groupAliases(records);
  return Object.fromEntries(
    records.map((record) => [record.record, groupsOf(record).map(({ id }) => id)]),
  );
}

it('joins a chain of aliases, whatever the order', () => {
  const records = [
    identity('PYSEC-1', ['GHSA-1']),
    identity('GHSA-2', ['CVE-1']),
    identity('GHSA-1', ['GHSA-2']),
    identity('PYSEC-2', ['CVE-2']),
  ];
  const expected = {
    'PYSEC-1': ['CVE-1'],
    'GHSA-2': ['CVE-1'],
    'GHSA-1': ['CVE-1'],
    'PYSEC-2': ['CVE-2'],
  };
  expect(grouped(records)).toEqual(expected);
  expect(grouped(records.toReversed())).toEqual(expected);
});

it.each([
  ['a CVE', identity('X-1', ['GHSA-1', 'CVE-1']), 'CVE-1'],
  ['a GHSA', identity('X-1', ['GHSA-1', 'GO-1']), 'GHSA-1'],
  ['its own id', identity('X-1'), 'X-1'],
  ['the upstream', identity('CGA-1', [], ['GHSA-1', 'CVE-1']), 'CVE-1'],
  ['the only upstream', identity('CGA-1', [], ['GO-1']), 'GO-1'],
])('names a group by %s', (_name, record, id) => {
  expect(grouped([record])).toEqual({ [record.record]: [id] });
});

it('takes the ids of an upstream with one CVE for one vulnerability', () => {
  const records = [identity('CGA-1', [], ['CVE-1', 'GHSA-1']), identity('CGA-2', [], ['GHSA-1'])];
  expect(grouped(records)).toEqual({ 'CGA-1': ['CVE-1'], 'CGA-2': ['CVE-1'] });
});

it('puts a record with several CVEs into the group of each, and does not join them', () => {
  const records = [
    identity('DSA-1', [], ['CVE-1', 'CVE-2']),
    identity('DEBIAN-CVE-1', [], ['CVE-1']),
    identity('DEBIAN-CVE-2', [], ['CVE-2']),
  ];
  expect(grouped(records)).toEqual({
    'DSA-1': ['CVE-1', 'CVE-2'],
    'DEBIAN-CVE-1': ['CVE-1'],
    'DEBIAN-CVE-2': ['CVE-2'],
  });
});

it('does not believe a record with more than five aliases', () => {
  const aliases = ['CVE-1', 'CVE-2', 'CVE-3', 'CVE-4', 'CVE-5', 'CVE-6'];
  expect(grouped([identity('X-1', aliases), identity('X-2', ['CVE-1'])])).toEqual({
    'X-1': ['X-1'],
    'X-2': ['CVE-1'],
  });
});

it('does not join more than 32 ids', () => {
  const chain = Array.from({ length: 33 }, (_, i) => identity(`X-${i}`, [`X-${i + 1}`]));
  const groups = grouped([...chain, identity('X-33', ['CVE-1'])]);
  expect(groups['X-0']).toEqual(['X-0']);
  expect(groups['X-33']).toEqual(['CVE-1']);
  expect(grouped(chain.slice(0, 31))['X-30']).toEqual(['X-0']);
});

it('joins any number of records of one CVE', () => {
  const records = Array.from({ length: 106 }, (_, i) => identity(`CGA-${i}`, [], ['CVE-1']));
  expect(new Set(Object.values(grouped(records)).flat())).toEqual(new Set(['CVE-1']));
});

it('does not join what an upstream without a CVE names, nor one with several', () => {
  const records = [
    identity('X-1', [], ['GHSA-1', 'GO-1']),
    identity('X-2', [], ['GO-1']),
    identity('X-3', [], ['CVE-1', 'CVE-2', 'GHSA-3']),
    identity('X-4', [], ['GHSA-3']),
  ];
  expect(grouped(records)).toEqual({
    'X-1': ['GHSA-1'],
    'X-2': ['GO-1'],
    'X-3': ['CVE-1', 'CVE-2'],
    'X-4': ['GHSA-3'],
  });
});

it('does not fill a group with names beyond belief', () => {
  const names = Array.from({ length: 40 }, (_, i) =>
    identity(`CGA-${i}`, [], ['CVE-1', `GHSA-${i}`]),
  );
  const of = (records: readonly Identity[]) =>
    groupAliases(records)(names[0] ?? (records[0] as Identity));
  expect(of(names)).toEqual([{ id: 'CVE-1', ids: ['CVE-1'] }]);
  expect(of(names.slice(0, 31))[0]?.ids).toHaveLength(32);
});

it('groups plain records as it groups all others', () => {
  const id = fc.constantFrom('CVE-1', 'CVE-2', 'CVE-3', 'GHSA-1', 'GHSA-2', 'GO-1');
  const records = fc
    .array(fc.uniqueArray(id, { maxLength: 4 }), { minLength: 1, maxLength: 8 })
    .map((lists) => lists.map((upstream, index) => identity(`CGA-${index}`, [], upstream)));
  // One with an alias, of something else, is not plain.
  const other = identity('PYSEC-1', ['GHSA-9']);
  fc.assert(
    fc.property(records, (list) => {
      const plain = groupAliases(list);
      const all = groupAliases([...list, other]);
      for (const record of list) expect(plain(record)).toEqual(all(record));
    }),
    { numRuns: 1000 },
  );
});
