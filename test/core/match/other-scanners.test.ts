import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareLineage } from '../../../core/change/compare-lineage.ts';
import type { Package } from '../../../core/inventory/inventory.ts';
import { aDeb, anApk, aWheel } from '../../support/advisory-builders.ts';
import { aFinding, aRow, aTarget } from '../../support/builders.ts';
import { anOsvRecord, entriesOf, matchRecords } from '../../support/osv-records.ts';

// Each test is named after what another scanner does wrong; docs/matching.md lists them.

const CVE = 'CVE-2026-9000001';
const OTHER = 'CVE-2026-9000002';
const GHSA = 'GHSA-2222-3333-4444';
const CGA = 'CGA-2222-2222-2222';

/** `id in package` of what is found. */
function found(packages: readonly Package[], records: readonly object[]): string[] {
  const names = new Map(packages.map(({ purl, name }) => [purl, name]));
  return matchRecords(packages, records).findings.map(
    (finding) => `${finding.id} in ${names.get(finding.package)}`,
  );
}

/** A wheel in the files of an apk, and what PyPI says of it. */
const owner = anApk({ name: 'py3-six', version: '1.2.3-r1' });
const owned = aWheel({ name: 'six', version: '1.2.3', owner: 'py3-six' });
const aboutWheel = anOsvRecord(
  GHSA,
  { ecosystem: 'PyPI', name: 'six', events: [{ fixed: '1.3' }] },
  { aliases: [CVE] },
);
const aboutOwner = (events: readonly Readonly<Record<string, string>>[], name = 'py3-six') =>
  anOsvRecord(CGA, { name, events }, { upstream: [CVE, GHSA] });

describe('packages that an OS package owns', () => {
  it('Trivy drops all language packages that an apk owns', () => {
    expect(found([owner, owned], [aboutWheel])).toEqual([`${CVE} in six`]);
  });

  it('Trivy (comprehensive), Clair and osv-scanner on Wolfi report what the owner has cleared', () => {
    expect(found([owner, owned], [aboutWheel, aboutOwner([{ fixed: '1.2.3-r1' }])])).toEqual([]);
  });

  it('Trivy keeps a not-affected of the owner and never clears with it', () => {
    const cleared = aboutOwner([{ introduced: '0' }, { fixed: '0' }]);
    expect(found([owner, owned], [aboutWheel, cleared])).toEqual([]);
  });

  it('a scanner that looks at aliases alone misses that Chainguard names the ids as upstream', () => {
    const byGhsa = anOsvRecord(
      CGA,
      { name: 'py3-six', events: [{ fixed: '1.2.3-r1' }] },
      { upstream: [GHSA] },
    );
    expect(found([owner, owned], [aboutWheel, byGhsa])).toEqual([]);
    expect(found([anApk({ name: 'py3-six' })], [byGhsa]), 'yet it is an id').toEqual([
      `${GHSA} in py3-six`,
    ]);
  });

  it('a clearing of another vulnerability clears nothing', () => {
    const another = anOsvRecord(
      CGA,
      { name: 'py3-six', events: [{ fixed: '0' }] },
      { upstream: [OTHER] },
    );
    expect(found([owner, owned], [aboutWheel, another])).toEqual([`${CVE} in six`]);
  });

  it('an owner that is fixed later than what is installed clears nothing', () => {
    const later = aboutOwner([{ fixed: '1.2.3-r2' }]);
    expect(found([owner, owned], [aboutWheel, later])).toContain(`${CVE} in six`);
  });

  it('Trivy and osv-scanner drop all language packages that a deb owns', () => {
    const deb = aDeb({
      name: 'python3-six',
      version: '1.2-1',
      source: { name: 'six', version: '1.2-1' },
    });
    const wheel = aWheel({ name: 'six', version: '1.2', owner: 'python3-six' });
    expect(found([deb, wheel], [aboutWheel])).toEqual([`${CVE} in six`]);
    expect(matchRecords([deb, wheel], [aboutWheel]).findings[0]?.owner).toMatchObject({
      name: 'python3-six',
    });
  });

  it('Grype and others match a backport by the upstream version that it keeps', () => {
    const deb = aDeb({
      name: 'python3-six',
      version: '1.2-1+deb12u3',
      source: { name: 'six', version: '1.2-1+deb12u3' },
    });
    const wheel = aWheel({ name: 'six', version: '1.2', owner: 'python3-six' });
    const patched = anOsvRecord(
      `DEBIAN-${CVE}`,
      { ecosystem: 'Debian:12', name: 'six', events: [{ fixed: '1.2-1+deb12u2' }] },
      { upstream: [CVE] },
    );
    expect(found([deb, wheel], [aboutWheel, patched])).toEqual([]);
  });
});

describe('apk', () => {
  it('a scanner by the secdb cannot say that something is not fixed yet', () => {
    const open = anOsvRecord(CGA, { events: [{ introduced: '0' }] }, { upstream: [CVE] });
    const [finding] = matchRecords([anApk()], [open]).findings;
    expect(finding).toMatchObject({ id: CVE, fixedIn: null });
  });

  it('Trivy and osv-scanner look up the origin alone, and miss what a sub-package has', () => {
    const sub = anApk({ name: 'zlib-dev', source: { name: 'zlib', version: '1.2.3-r0' } });
    const record = anOsvRecord(
      CGA,
      { name: 'zlib-dev', events: [{ fixed: '1.2.3-r1' }] },
      { upstream: [CVE] },
    );
    expect(found([sub], [record])).toEqual([`${CVE} in zlib-dev`]);
  });

  it('trivy-db leaves out records that have no CVE', () => {
    const record = anOsvRecord(CGA, { events: [{ fixed: '1.2.3-r1' }] }, { upstream: [GHSA] });
    expect(found([anApk()], [record])).toEqual([`${GHSA} in zlib`]);
  });

  it('trivy-db keeps one fix for a CVE and package, the one it has read last', () => {
    const records = ['1.2.3-r1', '1.2.3-r4', '1.2.3-r2'].map((fixed, index) =>
      anOsvRecord(`CGA-2222-2222-222${index + 2}`, { events: [{ fixed }] }, { upstream: [CVE] }),
    );
    fc.assert(
      fc.property(fc.shuffledSubarray(records, { minLength: 3 }), (shuffled) => {
        const { findings } = matchRecords([anApk({ version: '1.2.3-r0' })], shuffled);
        expect(findings.map(({ fixedIn }) => fixedIn)).toEqual(['1.2.3-r4']);
      }),
    );
    expect(found([anApk({ version: '1.2.3-r3' })], records)).toEqual([`${CVE} in zlib`]);
  });

  it('Clair does not read Wolfi and Chainguard', () => {
    for (const ecosystem of ['Wolfi', 'Chainguard']) {
      const record = anOsvRecord(
        CGA,
        { ecosystem, events: [{ fixed: '1.2.3-r1' }] },
        { upstream: [CVE] },
      );
      expect(found([anApk({ ecosystem })], [record])).toEqual([`${CVE} in zlib`]);
    }
  });

  it('Grype falls back on products of the same name', () => {
    const elsewhere = ['Alpine:v3.20', 'PyPI', 'Debian:12', 'npm'].map((ecosystem, index) =>
      anOsvRecord(
        `${ecosystem}-${index}`,
        { ecosystem, events: [{ introduced: '0' }] },
        { aliases: [CVE] },
      ),
    );
    expect(found([anApk()], elsewhere)).toEqual([]);
  });

  it('Trivy keeps a package whose version it cannot read without one, and finds nothing in it', () => {
    const odd = anApk({ version: '1.2.3_odd-r0-r0' });
    const records = [
      anOsvRecord(CGA, { events: [{ introduced: '0' }] }, { upstream: [CVE] }),
      anOsvRecord('CGA-3333-3333-3333', { events: [{ fixed: '9' }] }, { upstream: [OTHER] }),
    ];
    const { findings, problems } = matchRecords([odd], records);
    expect(findings.map(({ id }) => id)).toEqual([CVE, OTHER]);
    expect(problems.map(({ reason }) => reason)).toEqual([
      expect.stringContaining('1.2.3_odd-r0-r0'),
    ]);
  });
});

describe('Debian', () => {
  const record = anOsvRecord(
    `DEBIAN-${CVE}`,
    { ecosystem: 'Debian:12', name: 'util-linux', events: [{ fixed: '2.38.1-6' }] },
    { upstream: [CVE] },
  );

  it.each([
    'osv-scanner compares the binary version with fixes of the source',
    'Clair looks up the source and compares the binary version',
  ])('%s', () => {
    const bsdutils = aDeb({
      version: '1:2.38.1-5',
      source: { name: 'util-linux', version: '2.38.1-5' },
    });
    expect(found([bsdutils], [record]), 'the epoch of the binary is above each fix').toEqual([
      `${CVE} in bsdutils`,
    ]);
    const rebuilt = aDeb({
      version: '1:2.38.1-6+b1',
      source: { name: 'util-linux', version: '2.38.1-6' },
    });
    expect(found([rebuilt], [record])).toEqual([]);
  });

  it('osv-scanner hides what Debian calls unimportant', () => {
    const unimportant = anOsvRecord(
      `DEBIAN-${CVE}`,
      {
        ecosystem: 'Debian:12',
        name: 'util-linux',
        events: [{ introduced: '0' }],
        ecosystem_specific: { urgency: 'unimportant' },
      },
      { upstream: [CVE] },
    );
    const [finding] = matchRecords([aDeb()], [unimportant]).findings;
    expect(finding).toMatchObject({ id: CVE, status: 'unimportant', severity: 'low' });
  });
});

describe('PyPI', () => {
  const fixed = { ecosystem: 'PyPI', events: [{ fixed: '6' }] };

  it.each([
    ['Trivy leaves dots in names', 'zope.interface', 'zope-interface'],
    [
      'Grype and Clair tell names apart by case or by their separators',
      'Zope_Interface',
      'zope-interface',
    ],
    ['a scanner that trusts records to be normalised misses one that is not', 'jw-util', 'jw.util'],
  ])('%s', (_, installed, recorded) => {
    const record = anOsvRecord(GHSA, { ...fixed, name: recorded }, { aliases: [CVE] });
    expect(found([aWheel({ name: installed })], [record])).toEqual([`${CVE} in ${installed}`]);
  });

  it('osv-scalibr gives up at the first range of commits', () => {
    const git = {
      type: 'GIT',
      repo: 'https://x.test',
      events: [{ introduced: '0' }, { fixed: 'abc' }],
    };
    const range = { type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed: '6' }] };
    for (const ranges of [
      [git, range],
      [range, git],
    ]) {
      const record = anOsvRecord(
        'PYSEC-2026-1',
        { ecosystem: 'PyPI', name: 'zope-interface', ranges },
        { aliases: [CVE] },
      );
      expect(found([aWheel()], [record])).toEqual([`${CVE} in Zope.Interface`]);
    }
  });
});

describe('language packages', () => {
  const go = (name: string, version: string): Package =>
    aWheel({
      purl: `pkg:golang/${name}@${version}`,
      ecosystem: 'Go',
      type: 'golang',
      name,
      version,
    });
  const inGo = (name: string, events: readonly Readonly<Record<string, string>>[]) =>
    anOsvRecord('GO-2026-1', { ecosystem: 'Go', name, events }, { aliases: [CVE] });

  it('a scanner takes records of the tool chain for the standard library', () => {
    expect(found([go('stdlib', '1.22.0')], [inGo('toolchain', [{ introduced: '0' }])])).toEqual([]);
  });

  it('Clair compares Go versions without their pre-releases', () => {
    const record = inGo('x.test/y', [{ introduced: '1.0.0-rc.2' }, { fixed: '1.0.0' }]);
    expect(found([go('x.test/y', 'v1.0.0-rc.3')], [record])).toEqual([`${CVE} in x.test/y`]);
    expect(found([go('x.test/y', 'v1.0.0-rc.1')], [record])).toEqual([]);
    expect(found([go('x.test/y', 'v1.0.0')], [record])).toEqual([]);
  });

  it('a scanner that takes a pseudo-version for a release misses fixes between commits', () => {
    const record = inGo('x.test/y', [{ fixed: '0.0.0-20260601000000-bbbbbbbbbbbb' }]);
    expect(found([go('x.test/y', 'v0.0.0-20260101000000-aaaaaaaaaaaa')], [record])).toHaveLength(1);
    expect(found([go('x.test/y', 'v0.0.0-20260701000000-cccccccccccc')], [record])).toEqual([]);
  });

  it('a scanner pages people for a crate that nobody maintains', () => {
    const crate = aWheel({
      purl: 'pkg:cargo/old@1.0.0',
      ecosystem: 'crates.io',
      name: 'old',
      version: '1.0.0',
    });
    const record = anOsvRecord('RUSTSEC-2026-0001', {
      ecosystem: 'crates.io',
      name: 'old',
      events: [{ introduced: '0.0.0-0' }],
      database_specific: { informational: 'unmaintained' },
    });
    expect(matchRecords([crate], [record]).findings).toMatchObject([{ status: 'informational' }]);
  });
});

describe('aliases', () => {
  const record = (id: string, more: object) =>
    anOsvRecord(id, { events: [{ fixed: '9' }] }, { ...more });

  it('osv-scanner merges pairwise, so that a chain of three may split', () => {
    const chain = [
      record('A-1', { aliases: ['B-1'] }),
      record('B-1', { aliases: ['C-1'] }),
      record('C-1', { aliases: ['D-1'] }),
      record('D-1', { aliases: [CVE] }),
    ];
    fc.assert(
      fc.property(fc.shuffledSubarray(chain, { minLength: 4 }), (shuffled) => {
        expect(found([anApk()], shuffled)).toEqual([`${CVE} in zlib`]);
      }),
    );
  });

  it('trivy-db keeps the first CVE alone of a record that names several', () => {
    expect(found([anApk()], [record('X-1', { upstream: [CVE, OTHER] })])).toEqual([
      `${CVE} in zlib`,
      `${OTHER} in zlib`,
    ]);
  });
});

describe('evaluation', () => {
  const wheel = (version: string) => aWheel({ version });
  const inPypi = (affected: object, more: object = {}) =>
    anOsvRecord(
      'PYSEC-2026-1',
      { ecosystem: 'PyPI', name: 'zope-interface', ...affected },
      { aliases: [CVE], ...more },
    );
  const hit = (version: string, affected: object, more: object = {}) =>
    matchRecords([wheel(version)], [inPypi(affected, more)]).findings.length > 0;

  it('Trivy and osv-scalibr ignore a limit', () => {
    const events = [{ introduced: '1' }, { limit: '2' }];
    expect([hit('1.5', { events }), hit('2.5', { events })]).toEqual([true, false]);
  });

  it('Clair takes last_affected for a fix in the next patch version', () => {
    const events = [{ last_affected: '1.2.3' }];
    expect([
      hit('1.2.3', { events }),
      hit('1.2.3.post1', { events }),
      hit('1.2.3.1', { events }),
    ]).toEqual([true, false, false]);
  });

  it('Clair ignores the versions that a record lists', () => {
    expect(hit('5.0', { versions: ['4.0', '5.0'] })).toBe(true);
  });

  it('osv-scalibr compares listed versions as texts', () => {
    expect(hit('5.0.0', { versions: ['5.0'] })).toBe(true);
  });

  it('osv-scalibr panics at an event that is no version', () => {
    const events = [{ introduced: '0' }, { fixed: 'no version' }, { fixed: '6' }];
    expect([hit('5.0', { events }), hit('6', { events })]).toEqual([true, false]);
    const begins = [{ introduced: 'no version' }, { fixed: '6' }];
    expect([hit('5.0', { events: begins }), hit('6', { events: begins })]).toEqual([true, false]);
    const later = [{ introduced: 'no version' }, { introduced: '5.5' }, { fixed: '6' }];
    expect([hit('5.0', { events: later }), hit('5.5', { events: later })]).toEqual([false, true]);
  });

  it('osv-scalibr panics at an ecosystem whose order it does not know', () => {
    const odd = aWheel({ ecosystem: 'Odd Linux:1', name: 'x', version: '1' });
    const records = [
      anOsvRecord(
        'ODD-1',
        { ecosystem: 'Odd Linux:1', name: 'x', versions: ['1'] },
        { aliases: [CVE] },
      ),
      anOsvRecord(
        'ODD-2',
        { ecosystem: 'Odd Linux:1', name: 'x', events: [{ fixed: '2' }] },
        { aliases: [OTHER] },
      ),
    ];
    const { findings, problems } = matchRecords([odd], records);
    expect(findings.map(({ id }) => id)).toEqual([CVE]);
    expect(problems.map(({ reason }) => reason)).toEqual([
      expect.stringContaining('the order of Odd Linux:1 is not known'),
    ]);
  });

  it('Trivy, Grype and Clair skip a version that they cannot read', () => {
    const odd = wheel('weekly build');
    const records = [
      inPypi({ events: [{ introduced: '0' }] }),
      anOsvRecord(
        'PYSEC-2026-2',
        { ecosystem: 'PyPI', name: 'zope-interface', versions: ['weekly build'] },
        { aliases: [OTHER] },
      ),
    ];
    const { findings, problems } = matchRecords([odd], records);
    expect(findings.map(({ id }) => id)).toEqual([CVE, OTHER]);
    expect(problems).toHaveLength(1);
  });

  it('osv-scanner takes a package for vulnerable whose version it does not know', () => {
    expect(hit('', { events: [{ introduced: '1' }, { fixed: '6' }] })).toBe(false);
  });

  it('a scanner that takes events as they stand is wrong when they are not sorted', () => {
    const events = [{ fixed: '2' }, { introduced: '3' }, { introduced: '0' }, { fixed: '4' }];
    fc.assert(
      fc.property(fc.shuffledSubarray(events, { minLength: 4 }), (shuffled) => {
        const verdicts = ['1', '2', '3', '4'].map((version) => hit(version, { events: shuffled }));
        expect(verdicts).toEqual([true, false, true, false]);
      }),
    );
  });

  it('a scanner that compares 0 as a version misses what is below it', () => {
    expect(hit('0a0', { events: [{ introduced: '0' }, { fixed: '1' }] })).toBe(true);
    const deb = aDeb({ version: '0~rc1', source: { name: 'util-linux', version: '0~rc1' } });
    const record = anOsvRecord(
      'D-1',
      { ecosystem: 'Debian:12', name: 'util-linux', events: [{ fixed: '1' }] },
      { upstream: [CVE] },
    );
    expect(found([deb], [record])).toHaveLength(1);
  });

  it('a scanner that takes a record without ranges and versions for all of them', () => {
    expect(hit('5.0', {})).toBe(false);
    expect(hit('5.0', { ranges: [], versions: [] })).toBe(false);
  });

  it('a scanner goes on telling what was withdrawn', () => {
    const events = [{ introduced: '0' }];
    expect(hit('5.0', { events }, { withdrawn: '2026-11-01T00:00:00Z' })).toBe(false);
    expect(hit('5.0', { events }, { withdrawn: '2026-12-01T00:00:00Z' }), 'not yet').toBe(true);
  });
});

describe('severity', () => {
  const critical = { type: 'CVSS_V3', score: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H' };

  it('trivy-db gives the severity of one package of a record to the next', () => {
    const record = anOsvRecord(
      'X-1',
      [
        { name: 'curl', events: [{ fixed: '9' }], severity: [critical] },
        { name: 'zlib', events: [{ fixed: '9' }] },
      ],
      { upstream: [CVE] },
    );
    expect(matchRecords([anApk()], [record]).findings).toMatchObject([{ severity: 'unrated' }]);
  });

  it('a parser that is strict about a slash at the end leaves a score out', () => {
    const record = anOsvRecord(
      'X-1',
      { events: [{ fixed: '9' }] },
      { severity: [{ ...critical, score: `${critical.score}/` }] },
    );
    expect(matchRecords([anApk()], [record]).findings).toMatchObject([{ severity: 'critical' }]);
  });
});

describe('changes', () => {
  it('Clair tells each edit of an advisory as removed and added', () => {
    const record = (more: object) =>
      anOsvRecord(CGA, { events: [{ fixed: '9' }] }, { upstream: [CVE], ...more });
    const before = matchRecords([anApk()], [record({ summary: 'A' })]).findings;
    const reworded = {
      summary: 'B',
      details: 'C',
      published: '2026-01-01T00:00:00Z',
      modified: '2026-11-20T00:00:00Z',
      references: [{ type: 'WEB', url: 'https://x.test' }],
    };
    expect(matchRecords([anApk()], [record(reworded)]).findings).toEqual(before);
    const [plain] = entriesOf([record({})]);
    expect(entriesOf([record(reworded)])[0]?.hash).toBe(plain?.hash);
  });

  it('Clair does not know that a finding was there under another id', () => {
    const old = aFinding({ id: GHSA });
    const renamed = aFinding({ id: CVE, aliases: [GHSA] });
    const facts = { checks: [], runtimes: [] };
    const common = {
      facts,
      newEngine: false,
      at: { before: '2026-03-08T02:00:00Z', after: '2026-03-09T02:00:00Z' },
      newFeeds: new Set<string>(),
      goneFeeds: new Set<string>(),
      stale: null,
      isPresent: true,
    };
    const item = {
      key: `finding|${GHSA}|pkg:apk/wolfi/openssl`,
      title: 'x',
      severity: 'high',
      fixedIn: null,
      ids: [GHSA],
      records: old.records,
      feeds: old.feeds,
      origin: 'baseline',
    } as const;
    const target = aTarget();
    const previous = aRow({
      digest: target.digest,
      imageDigest: target.imageDigest,
      items: [item],
    });
    const { changes, kept } = compareLineage({
      ...common,
      target,
      before: [old],
      after: [renamed],
      previous,
    });
    expect(changes).toEqual([]);
    expect(kept.map(({ ids }) => ids)).toEqual([[CVE, GHSA]]);
  });
});
