import { describe, expect, it } from 'vitest';
import type { AdvisoryEntry } from '../../../core/advisory/entry.ts';
import type { Package } from '../../../core/inventory/inventory.ts';
import { createMatcher } from '../../../core/match/create-matcher.ts';
import { explainMatch } from '../../../core/match/explain-match.ts';
import { type Unit, unitsOf } from '../../../core/match/unit.ts';
import { aDeb, anApk, anEntry, aWheel, lookupIn } from '../../support/advisory-builders.ts';
import { aCgaRecord, type CgaRecord, compileAll } from '../../support/chainguard-records.ts';
import { matchPackages } from '../../support/match-packages.ts';

const AT = '2026-11-21T00:00:00Z';
const CVE = 'CVE-2026-9000001';
const COVERED: ReadonlySet<string> = new Set(['Wolfi', 'PyPI', 'Debian']);

/** An apk that brings a Python distribution with it. */
const apk = anApk({ name: 'tool', version: '1.2.0-r2' });
const wheel = aWheel({ name: 'flask', version: '3.0.0', owner: 'tool' });

/** PyPI's word on it; names the CVE over two steps. */
const PYPI: readonly AdvisoryEntry[] = [
  anEntry({
    feed: 'pypi',
    ecosystem: 'PyPI',
    name: 'flask',
    record: 'PYSEC-2026-1',
    aliases: ['GHSA-2222-2222-2222'],
    upstream: [],
    ranges: [
      [
        ['introduced', '0'],
        ['fixed', '3.0.1'],
      ],
    ],
  }),
  anEntry({
    feed: 'pypi',
    ecosystem: 'PyPI',
    name: 'flask',
    record: 'GHSA-2222-2222-2222',
    aliases: [CVE],
    upstream: [],
    ranges: [
      [
        ['introduced', '0'],
        ['fixed', '3.0.1'],
      ],
    ],
  }),
];

function languageUnit(packages: readonly Package[]): Unit {
  const unit = unitsOf({ packages }).find(({ type }) => type === 'pypi');
  if (!unit) throw new Error('no unit');
  return unit;
}

/** What is found in the distribution, and what of its owner is said there. */
function told(
  records: readonly CgaRecord[],
  packages: readonly Package[] = [apk, wheel],
  covered: ReadonlySet<string> | undefined = COVERED,
) {
  const entries = [...PYPI, ...compileAll(records.map((record) => aCgaRecord(record)))];
  const findings = createMatcher(lookupIn(entries), AT, covered).judge(languageUnit(packages));
  return findings.map(({ id, owner }) => [id, owner?.says ?? 'unowned']);
}

describe('a language package in the files of an OS package', () => {
  it.each([
    ['the CVE', [CVE]],
    ['an alias', ['GHSA-2222-2222-2222']],
    ['both', [CVE, 'GHSA-2222-2222-2222']],
  ])('is dropped where its owner is cleared under %s', (_name, upstream) => {
    expect(told([{ upstream, fixed: '0' }])).toEqual([]);
  });

  it('is dropped where its owner is fixed at or below what is installed', () => {
    expect(told([{ fixed: '1.2.0-r2' }])).toEqual([]);
    expect(told([{ fixed: '1.0.0-r9' }])).toEqual([]);
  });

  it('stays, and is marked, where its owner is affected', () => {
    expect(told([{ fixed: '1.2.0-r3' }])).toEqual([[CVE, 'affected']]);
    expect(told([{ fixed: null }])).toEqual([[CVE, 'affected']]);
  });

  it('stays where one component of its owner is cleared and another is not', () => {
    expect(
      told([
        { id: 'CGA-1', fixed: '0' },
        { id: 'CGA-2', fixed: null },
      ]),
    ).toEqual([[CVE, 'affected']]);
  });

  it('stays where its owner is cleared of something else, or of nothing', () => {
    expect(told([])).toEqual([[CVE, 'nothing']]);
    expect(told([{ upstream: ['CVE-2026-9000002'], fixed: '0' }])).toEqual([[CVE, 'nothing']]);
    expect(told([{ fixed: '0', withdrawn: '2026-11-01T00:00:00Z' }])).toEqual([[CVE, 'nothing']]);
  });

  it.each<[string, AdvisoryEntry['ranges']]>([
    ['has no events', [[]]],
    ['begins nowhere', [[['fixed', '9-r0']]]],
    ['has a limit alone', [[['limit', '9-r0']]]],
  ])(
    'stays where a record of its owner has a range that %s: it clears nothing',
    (_name, ranges) => {
      const empty = anEntry({ name: 'tool', record: 'CGA-1', upstream: [CVE], ranges });
      const { findings } = matchPackages([wheel, apk], lookupIn([...PYPI, empty]), AT);
      expect(findings.map(({ id, owner }) => [id, owner?.says])).toEqual([[CVE, 'nothing']]);
    },
  );

  it('stays where nobody has read advisories about that distribution, and says so', () => {
    expect(told([], [apk, wheel], new Set(['PyPI']))).toEqual([[CVE, 'unread']]);
  });

  it('stays where its owner is not affected on another architecture alone', () => {
    expect(told([{ arch: 'aarch64', fixed: '0' }])).toEqual([[CVE, 'nothing']]);
    expect(
      told([
        { arch: 'aarch64', fixed: '0' },
        { id: 'CGA-2', fixed: '0' },
      ]),
    ).toEqual([]);
    const any = { ...apk, arch: 'noarch' };
    expect(told([{ arch: 'aarch64', fixed: '0' }], [any, wheel])).toEqual([]);
    // A version that fixed it is one of the recipe, whatever it was built for.
    expect(told([{ arch: 'aarch64', fixed: '1.2.0-r2' }])).toEqual([]);
    expect(told([{ arch: 'aarch64', fixed: '1.2.0-r3' }])).toEqual([[CVE, 'affected']]);
    expect(told([{ arch: 'aarch64', fixed: null }])).toEqual([[CVE, 'affected']]);
  });

  it('is explained where its owner is cleared on another architecture alone', () => {
    const entries = [
      ...PYPI,
      ...compileAll([aCgaRecord({ id: 'CGA-1', arch: 'aarch64', fixed: '0' })]),
    ];
    const { verdict, owner } = explainMatch(
      languageUnit([apk, wheel]),
      CVE,
      lookupIn(entries),
      AT,
      COVERED,
    );
    expect(verdict).toBe('affected');
    expect(owner).toMatchObject({
      says: 'nothing',
      records: [{ record: 'CGA-1', passedOver: 'clears-other-architecture' }],
    });
  });

  it('asks the origin of its owner, as far as that holds for sub-packages', () => {
    const part = anApk({
      name: 'tool-py',
      version: '1.2.0-r2',
      source: { name: 'tool', version: '1.2.0-r2' },
    });
    const packages = [part, { ...wheel, owner: 'tool-py' }];
    expect(told([{ fixed: '0' }], packages)).toEqual([]);
    expect(told([{ fixed: '0', subpackages: false }], packages)).toEqual([[CVE, 'nothing']]);
    expect(told([{ fixed: null }, { package: 'tool-py', fixed: '0' }], packages)).toEqual([]);
  });

  it('stays where a notice clears its owner of several vulnerabilities, and another record does not', () => {
    const notice = { id: 'CGA-1', upstream: [CVE, 'CVE-2026-9000002'], fixed: '0' };
    expect(told([notice])).toEqual([]);
    // What is open of the other one is none of its business.
    const other = { id: 'CGA-2', upstream: ['CVE-2026-9000002'], fixed: null };
    expect(told([notice, other])).toEqual([]);
    expect(told([notice, { id: 'CGA-3', fixed: null }])).toEqual([[CVE, 'affected']]);
  });

  it('is judged by itself where nobody owns it', () => {
    expect(told([{ fixed: '0' }], [apk, { ...wheel, owner: null }])).toEqual([[CVE, 'unowned']]);
  });

  it('is found at the place that nobody owns, beside one that was cleared', () => {
    const venv = { ...wheel, path: 'app/venv/flask/METADATA', owner: null };
    const entries = [...PYPI, ...compileAll([aCgaRecord({ fixed: '0' })])];
    const { findings } = matchPackages([wheel, apk, venv], lookupIn(entries), AT);
    expect(findings.map(({ id, package: purl, owner }) => [id, purl, owner])).toEqual([
      [CVE, venv.purl, undefined],
    ]);
  });
});

describe('a language package of Debian', () => {
  const deb = aDeb({
    name: 'python3-flask',
    version: '3.0.0-2',
    source: { name: 'flask', version: '3.0.0-2' },
  });
  const owned = { ...wheel, owner: 'python3-flask' };

  function toldBy(...debian: readonly AdvisoryEntry[]) {
    const matcher = createMatcher(lookupIn([...PYPI, ...debian]), AT, COVERED);
    return matcher.judge(languageUnit([deb, owned])).map(({ owner }) => owner?.says);
  }

  const fixed = (version: string) =>
    anEntry({
      feed: 'debian',
      ecosystem: 'Debian:12',
      name: 'flask',
      record: `DEBIAN-${CVE}`,
      upstream: [CVE],
      ranges: [
        [
          ['introduced', '0'],
          ['fixed', version],
        ],
      ],
    });

  it('is dropped where Debian has put the fix into its own version', () => {
    expect(toldBy(fixed('3.0.0-2'))).toEqual([]);
  });

  it('stays where Debian has not, or says nothing', () => {
    expect(toldBy(fixed('3.0.0-3'))).toEqual(['affected']);
    expect(toldBy()).toEqual(['nothing']);
  });

  it('stays where the version of its owner cannot be compared', () => {
    const odd = { ...deb, source: { name: 'flask', version: 'not a version' } };
    const matcher = createMatcher(lookupIn([...PYPI, fixed('1')]), AT, COVERED);
    expect(matcher.judge(languageUnit([odd, owned]))).toHaveLength(1);
  });
});

describe('a language package of a module of the RHEL family', () => {
  const rpm = (version: string) =>
    aDeb({ type: 'rpm', ecosystem: 'AlmaLinux:9', name: 'python3-flask', version, arch: 'x86_64' });
  const says = (version: string, fixed: string) => {
    const record = anEntry({
      feed: 'alma',
      ecosystem: 'AlmaLinux:9',
      name: 'python3-flask',
      record: 'ALSA-2026:1',
      arch: null,
      upstream: [CVE],
      ranges: [
        [
          ['introduced', '0'],
          ['fixed', fixed],
        ],
      ],
    });
    const covered = new Set([...COVERED, 'AlmaLinux:9']);
    const unit = languageUnit([rpm(version), { ...wheel, owner: 'python3-flask' }]);
    const lookup = lookupIn([...PYPI, record]);
    const found = createMatcher(lookup, AT, covered)
      .judge(unit)
      .map(({ owner }) => owner?.says);
    const [considered] = explainMatch(unit, CVE, lookup, AT, covered).owner?.records ?? [];
    return [...found, considered?.passedOver ?? null];
  };

  it('stays where a fix may be that of another stream', () => {
    const installed = '3.0.0-2.module_el9.1.0+1+aa';
    expect(says(installed, '2.0.0-1.module_el9.1.0+1+bb')).toEqual([
      'nothing',
      'clears-unknown-stream',
    ]);
    expect(says(installed, '3.0.0-3.module_el9.1.0+1+aa')).toEqual(['affected', null]);
    expect(says(installed, '0')).toEqual(['nothing', null]);
    // Outside of modules there is one series.
    expect(says('3.0.0-2.el9', '3.0.0-1.el9')).toEqual([null]);
  });
});

it('explains what its owner cleared', () => {
  const entries = [...PYPI, ...compileAll([aCgaRecord({ fixed: '1.2.0-r1' })])];
  expect(
    explainMatch(languageUnit([apk, wheel]), CVE, lookupIn(entries), AT, COVERED),
  ).toMatchObject({
    verdict: 'cleared-by-owner',
    finding: { id: CVE, fixedIn: '3.0.1' },
    owner: {
      says: 'cleared',
      package: { name: 'tool', version: '1.2.0-r2' },
      records: [
        {
          record: 'CGA-2222-2222-2222',
          installed: '1.2.0-r2',
          affected: false,
          ground: { ranges: [{ event: ['fixed', '1.2.0-r1'], order: '>' }] },
        },
      ],
    },
  });
});
