import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileDetails } from '../../../core/advisory/compile-details.ts';
import { type Details, decodeDetails, encodeDetails } from '../../../core/advisory/details.ts';
import { MalformedAdvisoryError } from '../../../core/advisory/osv.ts';
import { SEVERITIES } from '../../../core/advisory/severity.ts';
import { aCveRecord, aGhsaRecord, aKevEntry, cisaAdp } from '../../support/details-builders.ts';

const score = (baseScore: unknown) => ({ baseScore, vectorString: 'not looked at' });

describe('details of a CVE record', () => {
  it('are its title, its severity and who gave that', () => {
    const record = aCveRecord('CVE-2026-9000001', {
      title: 'Overflow in made-up',
      metrics: [{ format: 'CVSS', cvssV3_1: score(8.1) }],
    });
    expect(compileDetails(record)).toEqual({
      details: {
        id: 'CVE-2026-9000001',
        title: 'Overflow in made-up',
        severity: 'high',
        ratedBy: 'the CVE record',
        exploited: null,
      },
      modified: '2026-11-01T00:00:00.000Z',
    });
  });

  it.each<[string, unknown[], string]>([
    ['version 4 before 3.1', [{ cvssV3_1: score(9.8) }, { cvssV4_0: score(5) }], 'medium'],
    ['3.1 before 3.0', [{ cvssV3_0: score(9.8), cvssV3_1: score(2) }], 'low'],
    ['3.0 before 2', [{ cvssV2_0: score(10) }, { cvssV3_0: score(5) }], 'medium'],
    ['2, which has no critical', [{ cvssV2_0: score(10) }], 'high'],
    ['the next when one is garbage', [{ cvssV4_0: score('9') }, { cvssV3_1: score(7) }], 'high'],
    ['none out of range', [{ cvssV3_1: score(11) }], 'unrated'],
    ['none that is no list of scores', ['high', { other: { type: 'word' } }], 'unrated'],
  ])('believe %s', (_, metrics, severity) => {
    const { details } = compileDetails(aCveRecord('CVE-2026-9000001', { metrics }));
    expect(details.severity).toBe(severity);
  });

  it('take CISA where the record itself has no score, and nobody else', () => {
    const stranger = { providerMetadata: { shortName: 'CVE' }, metrics: [{ cvssV3_1: score(1) }] };
    const adp = [stranger, cisaAdp([{ other: { type: 'ssvc' } }, { cvssV3_1: score(9.1) }])];
    const rated = [{ cvssV3_1: score(5) }];

    expect(compileDetails(aCveRecord('CVE-2026-9000001', { adp })).details).toMatchObject({
      severity: 'critical',
      ratedBy: 'CISA',
    });
    expect(
      compileDetails(aCveRecord('CVE-2026-9000001', { adp, metrics: rated })).details,
    ).toMatchObject({ severity: 'medium', ratedBy: 'the CVE record' });
    expect(
      compileDetails(aCveRecord('CVE-2026-9000001', { adp: [stranger] })).details.severity,
    ).toBe('unrated');
  });

  it('have a short title in one line, of the English description where there is none', () => {
    const descriptions = [
      { lang: 'es', value: 'Desbordamiento' },
      { lang: 'en-US', value: `One\nline\u202e of ${'very '.repeat(1_000_000)}many` },
    ];
    const { title } = compileDetails(aCveRecord('CVE-2026-9000001', { descriptions })).details;
    expect(title).toMatch(/^One line of very .*…$/);
    expect(title?.length).toBeLessThanOrEqual(160);
  });

  it.each(['REJECTED', 'RESERVED'])('say nothing when it is %s', (state) => {
    const record = aCveRecord('CVE-2026-9000001', {
      state,
      title: 'x',
      metrics: [{ cvssV3_1: score(9) }],
    });
    expect(compileDetails(record).details).toEqual({
      id: 'CVE-2026-9000001',
      title: null,
      severity: 'unrated',
      ratedBy: null,
      exploited: null,
    });
  });

  it('have an id with the hyphens that others write', () => {
    const record = aCveRecord('CVE\u20112026\u20119000001', {});
    expect(compileDetails(record).details.id).toBe('CVE-2026-9000001');
  });
});

it('reads lines without a day to be remedied by, as older snapshots have them', () => {
  expect(decodeDetails('CVE-2026-9000001\t[null,4,null,["2026-11-02",true]]').exploited).toEqual({
    since: '2026-11-02',
    ransomware: true,
  });
});

it('takes no day to be remedied by that is none', () => {
  const entry = { ...aKevEntry('CVE-2026-9000001', '2026-11-02'), dueDate: 'soon' };
  const { details } = compileDetails({ ...entry, dateReleased: '2026-11-03T00:00:00Z' });
  expect(details.exploited).toEqual({ since: '2026-11-02', ransomware: false });
});

it('takes the day and the ransomware from the catalogue, and its date for newness', () => {
  const entry = { ...aKevEntry('CVE-2026-9000001', '2026-11-02', 'Known'), dateReleased };
  expect(compileDetails(entry)).toEqual({
    details: {
      id: 'CVE-2026-9000001',
      title: 'Made-up Overflow',
      severity: 'unrated',
      ratedBy: null,
      exploited: { since: '2026-11-02', ransomware: true, due: '2026-12-01' },
    },
    modified: '2026-11-03T12:00:00.000Z',
  });
});

describe('details of an advisory of GitHub', () => {
  const id = 'GHSA-2222-3333-4444';
  const vector = 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H';

  it('are its summary and its severity, kept by its own id', () => {
    const record = aGhsaRecord(id, {
      summary: 'Overflow in\nmade-up',
      database_specific: { severity: 'MODERATE' },
      severity: [{ type: 'CVSS_V3', score: vector }],
    });
    expect(compileDetails(record)).toEqual({
      details: {
        id,
        title: 'Overflow in made-up',
        severity: 'medium',
        ratedBy: 'GitHub',
        exploited: null,
      },
      modified: '2026-11-01T00:00:00.000Z',
    });
  });

  it('are rated by its score where there is no word, and by nobody where there is neither', () => {
    const severity = [{ type: 'CVSS_V3', score: vector }];
    expect(compileDetails(aGhsaRecord(id, { severity })).details.severity).toBe('critical');
    expect(compileDetails(aGhsaRecord(id)).details).toMatchObject({
      severity: 'unrated',
      ratedBy: null,
    });
  });

  it('say nothing once it was withdrawn', () => {
    const withdrawn = '2026-11-02T00:00:00Z';
    const record = aGhsaRecord(id, { withdrawn, summary: 'Overflow', severity: [] });
    expect(compileDetails(record).details).toMatchObject({ title: null, severity: 'unrated' });
  });
});

const dateReleased = '2026-11-03T12:00:00Z';

it.each<[string, unknown]>([
  ['another id', aCveRecord('GHSA-xxxx-xxxx-xxxx', {})],
  ['an id that is none', aCveRecord('CVE-2026-1\tx', {})],
  ['no state', { cveMetadata: { cveId: 'CVE-2026-9000001' } }],
  ['an unknown day', { ...aKevEntry('CVE-2026-9000001', 'soon'), dateReleased }],
  ['another id in the catalogue', { ...aKevEntry('EDB-1', '2026-11-02'), dateReleased }],
  ['an id that GitHub never gives', aGhsaRecord('GHSA-aaaa-0000-1111')],
  ['an advisory of somebody else', aGhsaRecord('PYSEC-2026-1')],
  ['nothing', null],
])('refuses %s by name', (_, json) => {
  expect(() => compileDetails(json)).toThrow(MalformedAdvisoryError);
});

it('reads or refuses whatever a record holds, and never breaks a line', () => {
  const anything = fc.anything({ withNullPrototype: false });
  fc.assert(
    fc.property(anything, anything, fc.string(), anything, (metrics, adp, title, descriptions) => {
      const record = aCveRecord('CVE-2026-9000001', { metrics, adp, title, descriptions });
      const line = encodeDetails(compileDetails(record).details);
      expect(line).not.toMatch(/[\n\r]/);
    }),
  );
});

it('gives back from a line what went into it', () => {
  const details: fc.Arbitrary<Details> = fc.record({
    id: fc.constant('CVE-2026-9000001'),
    title: fc.option(fc.string()),
    severity: fc.constantFrom(...SEVERITIES),
    ratedBy: fc.option(fc.constant('CISA')),
    exploited: fc.option(
      fc.record(
        {
          since: fc.constant('2026-11-02'),
          ransomware: fc.boolean(),
          due: fc.constant('2026-12-01'),
        },
        { requiredKeys: ['since', 'ransomware'] },
      ),
    ),
  });
  fc.assert(
    fc.property(details, (each) => {
      expect(decodeDetails(encodeDetails(each))).toEqual(each);
    }),
  );
});
