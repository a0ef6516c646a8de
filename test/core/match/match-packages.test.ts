import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AdvisoryEntry } from '../../../core/advisory/entry.ts';
import type { Package } from '../../../core/inventory/inventory.ts';
import { lookupKeysOf, unitsOf } from '../../../core/match/unit.ts';
import { aDeb, anApk, anEntry, aWheel, lookupIn } from '../../support/advisory-builders.ts';
import { matchPackages } from '../../support/match-packages.ts';

const AT = '2026-11-21T00:00:00.000Z';

function match(packages: readonly Package[], entries: readonly AdvisoryEntry[], at = AT) {
  return matchPackages(packages, lookupIn(entries), at);
}

/** `fixedIn` by id. */
function fixes(packages: readonly Package[], entries: readonly AdvisoryEntry[], at = AT) {
  return Object.fromEntries(match(packages, entries, at).findings.map((f) => [f.id, f.fixedIn]));
}

function until(version: string): AdvisoryEntry['ranges'] {
  return [
    [
      ['introduced', '0'],
      ['fixed', version],
    ],
  ];
}

const OPEN: AdvisoryEntry['ranges'] = [[['introduced', '0']]];
const CLEARED = until('0');

describe('lookupKeysOf', () => {
  it('asks for names, origins and sources, with and without release, once and sorted', () => {
    const packages = [
      anApk({ name: 'zlib-dev', source: { name: 'zlib', version: '1' } }),
      anApk(),
      aDeb(),
      aWheel(),
      anApk({ ecosystem: '' }),
    ];
    expect(lookupKeysOf(unitsOf({ packages }))).toEqual([
      { ecosystem: 'Debian', name: 'util-linux' },
      { ecosystem: 'Debian:12', name: 'util-linux' },
      { ecosystem: 'PyPI', name: 'zope-interface' },
      { ecosystem: 'Wolfi', name: 'zlib' },
      { ecosystem: 'Wolfi', name: 'zlib-dev' },
    ]);
  });
});

describe('matchPackages', () => {
  it('says what applies to a package, and who says so', () => {
    const entries = [
      anEntry({ record: 'CGA-2', hash: 'b', severity: 'medium' }),
      anEntry({ record: 'CGA-1', hash: 'a', upstream: ['CVE-2026-0001', 'GHSA-1'], feed: 'osv' }),
    ];
    expect(match([anApk()], entries)).toEqual({
      findings: [
        {
          id: 'CVE-2026-0001',
          aliases: ['CGA-1', 'CGA-2', 'GHSA-1'],
          package: 'pkg:apk/wolfi/zlib@1.2.3-r0?arch=x86_64&distro=wolfi',
          version: '1.2.3-r0',
          severity: 'high',
          fixedIn: '1.2.3-r1',
          feeds: ['chainguard', 'osv'],
          records: [
            { id: 'CGA-1', hash: 'a' },
            { id: 'CGA-2', hash: 'b' },
          ],
        },
      ],
      problems: [],
    });
  });

  describe('apk', () => {
    const dev = anApk({ name: 'zlib-dev', source: { name: 'zlib', version: '1.2.3-r0' } });

    it('falls back to the origin for what the package itself has no record of', () => {
      expect(fixes([dev], [anEntry()])).toEqual({ 'CVE-2026-0001': '1.2.3-r1' });
    });

    it('lets the records of the package itself decide', () => {
      const own = anEntry({ name: 'zlib-dev', ranges: CLEARED });
      expect(fixes([dev], [anEntry(), own])).toEqual({});
    });

    it('does not let its record of one vulnerability hide the origin record of another', () => {
      const own = anEntry({ name: 'zlib-dev', upstream: ['CVE-2026-0002'], ranges: CLEARED });
      expect(fixes([dev], [anEntry(), own])).toEqual({ 'CVE-2026-0001': '1.2.3-r1' });
    });

    it('does not let a record that says nothing of any version hide one that does', () => {
      const empty = anEntry({ name: 'zlib-dev', ranges: [] });
      expect(fixes([dev], [anEntry(), empty])).toEqual({ 'CVE-2026-0001': '1.2.3-r1' });
    });

    it('takes the records of its own architecture, else those of the other', () => {
      const mine = anEntry({ arch: 'x86_64', ranges: CLEARED });
      const other = anEntry({ arch: 'aarch64' });
      expect(fixes([anApk()], [mine, other])).toEqual({});
      expect(fixes([anApk()], [other])).toEqual({ 'CVE-2026-0001': '1.2.3-r1' });
      expect(fixes([anApk({ arch: 'noarch' })], [mine, other])).toEqual({
        'CVE-2026-0001': '1.2.3-r1',
      });
    });

    it('finds nothing when every record says not affected', () => {
      expect(fixes([anApk()], [anEntry({ ranges: CLEARED })])).toEqual({});
    });

    it('does not let one cleared component hide another that is affected', () => {
      const cleared = anEntry({ record: 'CGA-1', ranges: CLEARED });
      expect(fixes([anApk()], [cleared, anEntry()])).toEqual({ 'CVE-2026-0001': '1.2.3-r1' });
    });

    it('has no fix while one record has none, else the highest', () => {
      const higher = anEntry({ record: 'CGA-1', ranges: until('1.10-r0') });
      const open = anEntry({ record: 'CGA-2', ranges: OPEN });
      expect(fixes([anApk()], [anEntry(), higher])).toEqual({ 'CVE-2026-0001': '1.10-r0' });
      expect(fixes([anApk()], [anEntry(), higher, open])).toEqual({ 'CVE-2026-0001': null });
    });

    it('compares an invalid version as apk does, and says so', () => {
      const { findings, problems } = match([anApk({ version: '1.2.3-r0-r0' })], [anEntry()]);
      expect(findings).toHaveLength(1);
      expect(problems).toEqual([
        {
          path: 'usr/lib/apk/db/installed',
          reason: 'version "1.2.3-r0-r0" of zlib is no valid apk version, compared as far as it is',
        },
      ]);
    });
  });

  describe('deb', () => {
    const fixed = (version: string, overrides: Partial<AdvisoryEntry> = {}) =>
      anEntry({
        ecosystem: 'Debian:12',
        name: 'util-linux',
        record: 'DEBIAN-CVE-2026-0001',
        ranges: until(version),
        ...overrides,
      });

    it('compares the source version, under the source name', () => {
      // The binary has an epoch that the source has not.
      expect(fixes([aDeb()], [fixed('2.38.1-6')])).toEqual({ 'CVE-2026-0001': '2.38.1-6' });
      expect(fixes([aDeb()], [fixed('2.38.1-5')])).toEqual({});
      expect(fixes([aDeb()], [fixed('9', { name: 'bsdutils' })])).toEqual({});
    });

    it('takes a record without release for any release, and none of another', () => {
      expect(fixes([aDeb()], [fixed('9', { ecosystem: 'Debian' })])).toEqual({
        'CVE-2026-0001': '9',
      });
      expect(fixes([aDeb()], [fixed('9', { ecosystem: 'Debian:11' })])).toEqual({});
    });

    it('makes one finding of each CVE that an announcement names', () => {
      const entries = [
        fixed('9', { record: 'DSA-1-1', upstream: ['CVE-2026-0001', 'CVE-2026-0002'] }),
        fixed('10', {}),
      ];
      expect(fixes([aDeb()], entries)).toEqual({ 'CVE-2026-0001': '10', 'CVE-2026-0002': '9' });
      expect(match([aDeb()], entries).findings.map(({ aliases }) => aliases)).toEqual([
        ['DEBIAN-CVE-2026-0001', 'DSA-1-1'],
        ['DSA-1-1'],
      ]);
    });
  });

  describe('PyPI', () => {
    const entry = anEntry({
      ecosystem: 'PyPI',
      name: 'zope-interface',
      record: 'PYSEC-1',
      upstream: [],
      aliases: ['CVE-2026-0001', 'GHSA-1'],
      ranges: until('6.0'),
    });

    it('normalises names, and joins aliases across records', () => {
      const github = {
        ...entry,
        record: 'GHSA-1',
        aliases: ['CVE-2026-0001'],
        ranges: until('5.5'),
      };
      expect(match([aWheel()], [github, entry]).findings).toMatchObject([
        { id: 'CVE-2026-0001', aliases: ['GHSA-1', 'PYSEC-1'], fixedIn: '6.0' },
      ]);
    });

    it('matches a version that does not parse by the list alone, and says so', () => {
      const listed = { ...entry, versions: ['5.0-custom'] };
      const wheel = aWheel({ version: '5.0-custom' });
      expect(fixes([wheel], [entry])).toEqual({});
      expect(fixes([wheel], [listed])).toEqual({ 'CVE-2026-0001': null });
      expect(match([wheel], []).problems).toMatchObject([
        {
          path: wheel.path,
          reason: expect.stringContaining('"5.0-custom" of Zope.Interface is no pep440 version'),
        },
      ]);
    });
  });

  it('leaves out a record from the moment that it was withdrawn', () => {
    const withdrawn = anEntry({ withdrawn: '2026-11-21T01:00:00+01:00' });
    expect(fixes([anApk()], [withdrawn])).toEqual({});
    expect(fixes([anApk()], [withdrawn], '2026-11-20T23:59:59.999Z')).not.toEqual({});
  });

  it('gives the worst severity that anybody has given', () => {
    const unrated = anEntry({ record: 'CGA-1', severity: 'unrated' });
    const severity = (...entries: AdvisoryEntry[]) =>
      match([anApk()], entries).findings[0]?.severity;
    expect(severity(unrated)).toBe('unrated');
    expect(severity(unrated, anEntry({ severity: 'low' }), anEntry({ severity: 'medium' }))).toBe(
      'medium',
    );
    // A record that does not hit still rates the vulnerability.
    expect(severity(unrated, anEntry({ ranges: CLEARED, severity: 'critical' }))).toBe('critical');
  });

  it('makes one finding of a package that is there twice', () => {
    const first = anApk();
    const second = { ...first, path: 'lib/apk/db/installed' };
    expect(match([first, second], [anEntry()]).findings).toHaveLength(1);
  });

  it('says which versions it cannot order at all', () => {
    const odd = anApk({ ecosystem: 'Odd Linux:3' });
    expect(match([odd], []).problems).toMatchObject([
      { reason: expect.stringContaining('the order of Odd Linux:3 is not known') },
    ]);
    expect(match([anApk({ ecosystem: '' })], []).problems).toEqual([]);
  });

  it('refuses a time that is none', () => {
    expect(() => match([], [], 'today')).toThrow(RangeError);
  });

  it('gives the same whatever the order of its input', () => {
    const packages = [
      anApk(),
      anApk({ name: 'zlib-dev', source: { name: 'zlib', version: '1.2.3-r0' } }),
      aDeb(),
      aWheel({ version: 'x' }),
    ];
    const entries = [
      anEntry(),
      anEntry({ record: 'CGA-1', ranges: OPEN, severity: 'unrated' }),
      anEntry({ record: 'CGA-2', upstream: ['GHSA-1', 'CVE-2026-0003'] }),
      anEntry({ record: 'X-1', upstream: [], aliases: ['GHSA-1'], feed: 'osv' }),
      anEntry({ name: 'zlib-dev', arch: 'aarch64' }),
      anEntry({
        ecosystem: 'Debian',
        name: 'util-linux',
        record: 'DSA-1',
        upstream: ['CVE-1', 'CVE-2'],
        ranges: OPEN,
      }),
    ];
    const expected = match(packages, entries);
    expect(expected.findings.length).toBeGreaterThan(4);
    fc.assert(
      fc.property(
        fc.shuffledSubarray(packages, { minLength: packages.length }),
        fc.shuffledSubarray(entries, { minLength: entries.length }),
        (somePackages, someEntries) => {
          expect(match(somePackages, someEntries)).toEqual(expected);
        },
      ),
      { numRuns: 100 },
    );
  });
});
