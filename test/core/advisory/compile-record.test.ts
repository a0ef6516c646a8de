import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileRecord } from '../../../core/advisory/compile-record.ts';
import type { AdvisoryEntry } from '../../../core/advisory/entry.ts';
import { MalformedAdvisoryError, parseOsvRecord } from '../../../core/advisory/osv.ts';

const PACKAGE = { ecosystem: 'Wolfi', name: 'zlib' };
const RANGES = [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed: '1.3-r1' }] }];
const CRITICAL = 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H';
const MEDIUM = 'CVSS:4.0/AV:L/AC:L/AT:N/PR:L/UI:N/VC:L/VI:L/VA:L/SC:N/SI:N/SA:N';

function compile(record: object): AdvisoryEntry[] {
  return compileRecord('feed', parseOsvRecord({ id: 'X-1', ...record }));
}

function only(record: object, affected: object = {}): AdvisoryEntry {
  const [entry] = compile({
    affected: [{ package: PACKAGE, ranges: RANGES, ...affected }],
    ...record,
  });
  if (!entry) throw new Error('no entry');
  return entry;
}

describe('parseOsvRecord', () => {
  it.each([
    [{ affected: 1, id: 'X-1' }, 'malformed advisory "X-1": affected: '],
    [{ id: 'X-2', withdrawn: 'yes' }, 'malformed advisory "X-2": withdrawn: not an RFC 3339 time'],
    [
      { id: 'X-3', affected: [{ ranges: [{ type: 'SEMVER', events: [{ until: '1' }] }] }] },
      'malformed advisory "X-3": affected.0.ranges.0.events.0: an event of no known kind',
    ],
    [{ id: 'X-4', affected: [{ package: { ecosystem: 'Wolfi', name: 'a\tb' } }] }, '"X-4"'],
    [{ modified: '2026-01-01T00:00:00Z' }, 'malformed advisory without id: '],
    ['text', 'malformed advisory without id: '],
  ])('refuses %j and says why', (json, message) => {
    expect(() => parseOsvRecord(json)).toThrow(MalformedAdvisoryError);
    expect(() => parseOsvRecord(json)).toThrow(message);
  });

  it('lets pass what it does not know', () => {
    expect(() =>
      parseOsvRecord({
        id: 'X-1',
        new: { field: 1 },
        affected: [{ package: null, versions: null }],
      }),
    ).not.toThrow();
  });
});

describe('compileRecord', () => {
  it('makes one entry for each package, without commits', () => {
    const entries = compile({
      aliases: ['GHSA-b', 'CVE-2026\u20111', 'GHSA-b'],
      upstream: ['CVE-2026-2'],
      withdrawn: '2026-01-01T00:00:00Z',
      affected: [
        {
          package: { ...PACKAGE, purl: 'pkg:apk/wolfi/zlib?distro=wolfi&arch=x86_64' },
          ranges: RANGES,
        },
        {
          package: { ecosystem: 'PyPI', name: 'Zope_.Interface' },
          ranges: [{ type: 'GIT', events: [{ introduced: '0' }] }],
          versions: ['1.0'],
        },
        {
          package: {
            ecosystem: 'Debian:12',
            name: 'zlib',
            purl: 'pkg:deb/debian/zlib?arch=source',
          },
        },
        { ranges: [{ type: 'GIT', events: [{ introduced: '0' }] }] },
      ],
    });
    expect(entries).toMatchObject([
      {
        feed: 'feed',
        record: 'X-1',
        ecosystem: 'Wolfi',
        name: 'zlib',
        aliases: ['CVE-2026-1', 'GHSA-b'],
        upstream: ['CVE-2026-2'],
        withdrawn: '2026-01-01T00:00:00Z',
        severity: 'unrated',
        arch: 'x86_64',
        ranges: [
          [
            ['introduced', '0'],
            ['fixed', '1.3-r1'],
          ],
        ],
      },
      { ecosystem: 'PyPI', name: 'zope-interface', arch: null, ranges: [], versions: ['1.0'] },
      { ecosystem: 'Debian:12', name: 'zlib', arch: null },
    ]);
  });

  it('hashes what decides a match, and nothing else', () => {
    const { hash } = only({ aliases: ['CVE-1', 'GHSA-1'] });
    const same = [
      { aliases: ['GHSA-1', 'CVE-1'] },
      { aliases: ['CVE-1', 'GHSA-1'], summary: 'reworded', modified: '2026-02-02T00:00:00Z' },
    ];
    const other = [
      { aliases: ['CVE-1'] },
      { aliases: ['CVE-1', 'GHSA-1'], upstream: ['CVE-1'] },
      { aliases: ['CVE-1', 'GHSA-1'], withdrawn: '2026-01-01T00:00:00Z' },
      { aliases: ['CVE-1', 'GHSA-1'], severity: [{ type: 'CVSS_V3', score: CRITICAL }] },
      {
        aliases: ['CVE-1', 'GHSA-1'],
        affected: [{ package: PACKAGE, ranges: RANGES, versions: ['1'] }],
      },
    ];
    expect(same.map((record) => only(record).hash)).toEqual([hash, hash]);
    expect(new Set([hash, ...other.map((record) => only(record).hash)]).size).toBe(6);
    expect(
      only({}, { package: { ...PACKAGE, purl: 'pkg:apk/wolfi/zlib?arch=aarch64' } }).hash,
    ).not.toBe(only({}).hash);
  });

  it.each([
    ['none', {}, {}, 'unrated'],
    ['CVSS 3', { severity: [{ type: 'CVSS_V3', score: CRITICAL }] }, {}, 'critical'],
    [
      'a vector that ends in a slash',
      { severity: [{ type: 'CVSS_V3', score: `${CRITICAL}/` }] },
      {},
      'critical',
    ],
    [
      'CVSS 4 before 3',
      {
        severity: [
          { type: 'CVSS_V3', score: CRITICAL },
          { type: 'CVSS_V4', score: MEDIUM },
        ],
      },
      {},
      'medium',
    ],
    [
      'CVSS 2, which has no critical',
      { severity: [{ type: 'CVSS_V2', score: 'AV:N/AC:L/Au:N/C:C/I:C/A:C' }] },
      {},
      'high',
    ],
    [
      'a score of nothing',
      { severity: [{ type: 'CVSS_V3', score: 'CVSS:3.1/AV:L/AC:H/PR:H/UI:R/S:U/C:N/I:N/A:N' }] },
      {},
      'low',
    ],
    ['a bare number', { severity: [{ type: 'CVSS_V3', score: '7.5' }] }, {}, 'high'],
    ['half a vector', { severity: [{ type: 'CVSS_V3', score: 'CVSS:3.1/AV:N' }] }, {}, 'unrated'],
    ['garbage', { severity: [{ type: 'CVSS_V3', score: 'soon' }] }, {}, 'unrated'],
    [
      'its own score first',
      { severity: [{ type: 'CVSS_V3', score: CRITICAL }] },
      { severity: [{ type: 'CVSS_V4', score: MEDIUM }] },
      'medium',
    ],
    [
      "the vendor's word before the record's score",
      { severity: [{ type: 'CVSS_V3', score: CRITICAL }] },
      { ecosystem_specific: { urgency: 'medium**' } },
      'medium',
    ],
    ["GitHub's word", { database_specific: { severity: 'MODERATE' } }, {}, 'medium'],
    [
      'CVSS 3 before 2',
      {
        severity: [
          { type: 'CVSS_V2', score: 'AV:N/AC:L/Au:N/C:C/I:C/A:C' },
          { type: 'CVSS_V3', score: CRITICAL },
        ],
      },
      {},
      'critical',
    ],
    [
      "a package's own score before the vendor's word for it",
      {},
      { severity: [{ type: 'CVSS_V3', score: CRITICAL }], ecosystem_specific: { severity: 'LOW' } },
      'critical',
    ],
    ["Red Hat's word", { database_specific: { severity: 'Important' } }, {}, 'high'],
    [
      "Debian's end of life, which rates nothing",
      {},
      { ecosystem_specific: { urgency: 'end-of-life' } },
      'unrated',
    ],
    ["Debian's unimportant", {}, { ecosystem_specific: { urgency: 'unimportant' } }, 'low'],
    ['malware', { id: 'MAL-2026-9000001' }, {}, 'critical'],
    [
      'malware, whatever anybody says of it',
      { id: 'MAL-2026-9000001', database_specific: { severity: 'LOW' } },
      { ecosystem_specific: { severity: 'LOW' } },
      'critical',
    ],
    ["Ubuntu's word", { severity: [{ type: 'Ubuntu', score: 'negligible' }] }, {}, 'low'],
    [
      'a word that rates nothing',
      {},
      { ecosystem_specific: { urgency: 'not yet assigned' } },
      'unrated',
    ],
    ['a word of another type', { database_specific: { severity: 7 } }, {}, 'unrated'],
  ])('rates by %s', (_name, record, affected, severity) => {
    expect(only(record, affected).severity).toBe(severity);
  });

  it('rates each package on its own', () => {
    const entries = compile({
      affected: [
        { package: PACKAGE, ecosystem_specific: { severity: 'HIGH' } },
        { package: { ...PACKAGE, name: 'other' } },
      ],
    });
    expect(entries.map(({ severity }) => severity)).toEqual(['high', 'unrated']);
  });

  it('survives any score', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.constantFrom('', 'CVSS:3.1/', 'CVSS:4.0/', 'AV:'),
        (text, start) => {
          only({ severity: [{ type: 'CVSS_V3', score: start + text }] });
        },
      ),
      { numRuns: 300 },
    );
  });
});
