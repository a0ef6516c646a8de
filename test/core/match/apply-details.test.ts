import { describe, expect, it } from 'vitest';
import type { Details } from '../../../core/advisory/details.ts';
import { applyDetails } from '../../../core/match/apply-details.ts';
import { aFinding } from '../../support/builders.ts';

const cve = 'CVE-2026-9000001';
const ghsa = 'GHSA-2222-3333-4444';

function saying(id: string, of: Partial<Details>): Details {
  return { id, title: null, severity: 'unrated', ratedBy: null, exploited: null, ...of };
}

describe('of a finding that nobody has rated', () => {
  const finding = { ...aFinding(), id: cve, aliases: [ghsa], severity: 'unrated' as const };

  const apply = (...known: readonly Details[]) =>
    applyDetails(finding, (id) =>
      known
        .filter((details) => details.id === id)
        .map((details) => ({ feed: id === cve ? 'cve' : 'ghsa', details })),
    );

  it('the severity and the title are those of GitHub, where an alias names its advisory', () => {
    const details = saying(ghsa, { title: 'Overflow', severity: 'high', ratedBy: 'GitHub' });
    expect(apply(saying(cve, {}), details)).toMatchObject({
      severity: 'high',
      ratedBy: { who: 'GitHub', feed: 'ghsa' },
      about: 'Overflow',
    });
  });

  it('the word of the CVE record counts before that of GitHub', () => {
    const known = [
      saying(ghsa, { severity: 'high', ratedBy: 'GitHub' }),
      saying(cve, { severity: 'low', ratedBy: 'the CVE record' }),
    ];
    expect(apply(...known)).toMatchObject({ severity: 'low', ratedBy: { feed: 'cve' } });
  });
});
