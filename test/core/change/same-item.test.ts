import { describe, expect, it } from 'vitest';
import { compareLineage, type LineageInput } from '../../../core/change/compare-lineage.ts';
import { createMatcher } from '../../../core/change/same-item.ts';
import { createSuppressor, NO_SUPPRESSIONS } from '../../../core/suppress/create-suppressor.ts';
import { aFinding, aLineageInput, anItem, aRow, aWorkload, of } from '../../support/builders.ts';
import { anEntry, aSet } from '../../support/suppression-builders.ts';

const NOTICE = 'ALAS2023-2026-001';
const first = aFinding({ id: 'CVE-2026-0001', aliases: [NOTICE] });
const second = aFinding({ id: 'CVE-2026-0002', aliases: [NOTICE] });
const told = anItem({ finding: first, origin: { thread: 'thread-1' } });

/** What changes on a workload that runs what it ran. */
function changesOf(overrides: Partial<LineageInput>) {
  const { changes, kept } = compareLineage(
    aLineageInput({
      target: aWorkload(),
      previous: aRow({ kind: 'workload', digest: of('new'), items: [told] }),
      before: [first],
      after: [first],
      ...overrides,
    }),
  );
  return [
    ...changes.map(({ kind, item, cause }) => `${kind} ${item.ids[0]} by ${cause}`),
    ...kept.map(({ ids }) => `kept ${ids[0]}`),
  ];
}

describe('the same item', () => {
  it.each<[string, string[], string[]]>([
    ['a better id', ['GHSA-aaaa-bbbb-cccc'], ['CVE-2026-0001', 'GHSA-aaaa-bbbb-cccc']],
    ['another CVE of one GHSA', ['CVE-2026-0001', 'GHSA-a'], ['CVE-2026-0002', 'GHSA-a']],
    ['a record that comes to name a CVE', ['GO-2026-1'], ['CVE-2026-0001', 'GO-2026-1']],
  ])('is found under %s', (_name, [was = '', ...wasToo], [is = '', ...isToo]) => {
    const past = anItem({ finding: { id: was, aliases: wasToo } });
    const same = createMatcher([past]);
    expect(same(anItem({ finding: { id: is, aliases: isToo } }))).toBe(past);
  });

  it('is found among several that share the id of a notice', () => {
    const ghsa = anItem({ finding: { id: 'GHSA-a', aliases: [NOTICE] } });
    const other = anItem({ finding: { id: 'CVE-2026-0002', aliases: [NOTICE] } });
    const now = anItem({ finding: { id: 'CVE-2026-0001', aliases: ['GHSA-a', NOTICE] } });
    expect(createMatcher([ghsa, other])(now)).toBe(ghsa);
    expect(createMatcher([other, ghsa])(now)).toBe(ghsa);
  });
});

describe('vulnerabilities of one notice', () => {
  it('are each disclosed, one that the notice comes to name too', () => {
    expect(changesOf({ after: [first, second] })).toEqual([
      'opened CVE-2026-0002 by advisory',
      'kept CVE-2026-0001',
    ]);
  });

  it('are each closed, while another of them stays', () => {
    const other = anItem({ finding: second });
    const previous = aRow({ kind: 'workload', digest: of('new'), items: [told, other] });
    expect(changesOf({ previous, before: [first, second], after: [second] })).toEqual([
      'closed CVE-2026-0001 by advisory',
      'kept CVE-2026-0002',
    ]);
  });

  it('are each suppressed, and come back, while another of them stays open', () => {
    const silencing = createSuppressor(aSet(anEntry()), '2026-06-01T02:00:00.000Z');
    const other = anItem({ finding: second });
    const both = { before: [first, second], after: [first, second] };
    const previous = aRow({ kind: 'workload', digest: of('new'), items: [told, other] });
    const begins = { before: NO_SUPPRESSIONS, after: silencing };
    expect(changesOf({ ...both, previous, suppressors: begins })).toEqual([
      'closed CVE-2026-0001 by suppression',
      'kept CVE-2026-0002',
    ]);
    const silenced = aRow({ kind: 'workload', digest: of('new'), items: [other] });
    const ends = { before: silencing, after: NO_SUPPRESSIONS };
    expect(changesOf({ ...both, previous: silenced, suppressors: ends })).toEqual([
      'opened CVE-2026-0001 by suppression',
      'kept CVE-2026-0002',
    ]);
  });
});
