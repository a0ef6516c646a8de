import { describe, expect, it } from 'vitest';
import { createMatcher } from '../../../core/match/create-matcher.ts';
import type { Unit } from '../../../core/match/unit.ts';
import { anApk, lookupIn } from '../../support/advisory-builders.ts';
import { aCgaRecord, type CgaRecord, compileAll } from '../../support/chainguard-records.ts';

// How Chainguard wants its records read: https://github.com/chainguard-dev/vulnerability-scanner-support

const AT = '2026-11-21T00:00:00Z';
const CVE = 'CVE-2026-9000001';

/** `tool` 1.2.0-r2, of x86_64. */
const tool = aUnit();

/** Built from `tool`, and installed beside it. */
const library = aUnit({ name: 'tool-libs', source: { name: 'tool', version: '1.2.0-r2' } });

function aUnit(overrides: Partial<Unit> = {}): Unit {
  const { name = 'tool', version = '1.2.0-r2', arch = 'x86_64' } = overrides;
  const apk = anApk({ name, version, arch, source: { name: 'tool', version } });
  return { ...apk, owner: null, ...overrides };
}

/** `<id> <fixed> <status>` of each finding. */
function told(unit: Unit, ...records: readonly CgaRecord[]): string[] {
  const entries = compileAll(
    records.map((record, index) => aCgaRecord({ id: `CGA-${index + 1}`, ...record })),
  );
  return createMatcher(lookupIn(entries), AT)
    .judge(unit)
    .map(({ id, fixedIn, status }) =>
      [id, fixedIn ?? 'open', ...(status ? [status] : [])].join(' '),
    );
}

const FOUND = `${CVE} 1.2.0-r3`;

describe('records of the package itself', () => {
  it('say that it is affected below the fix', () => {
    expect(told(tool, {})).toEqual([FOUND]);
    expect(told(tool, { fixed: '1.2.0-r2' })).toEqual([]);
  });

  it('decide for a sub-package that has some, whatever its origin has', () => {
    expect(told(library, { fixed: '1.2.0-r9' }, { package: 'tool-libs' })).toEqual([FOUND]);
    expect(told(library, {}, { package: 'tool-libs', fixed: '0' })).toEqual([]);
  });

  it('decide for the vulnerability that they name alone', () => {
    const own = { package: 'tool-libs', upstream: ['CVE-2026-9000002'], fixed: '0' };
    expect(told(library, {}, own)).toEqual([FOUND]);
  });

  it('do not decide once they are withdrawn', () => {
    const own = { package: 'tool-libs', fixed: '0', withdrawn: '2026-11-02T00:00:00Z' };
    expect(told(library, {}, own)).toEqual([FOUND]);
  });
});

describe('records of the origin', () => {
  it('decide for a sub-package that has none', () => {
    expect(told(library, {})).toEqual([FOUND]);
    expect(told(library, { subpackages: true })).toEqual([FOUND]);
  });

  it('do not where they say that they are not for sub-packages', () => {
    expect(told(library, { subpackages: false })).toEqual([]);
    expect(told(library, { subpackages: false }, { fixed: '1.2.0-r4' })).toEqual([
      `${CVE} 1.2.0-r4`,
    ]);
  });

  it('that are not for sub-packages are still for the package of that name', () => {
    expect(told(tool, { subpackages: false })).toEqual([FOUND]);
  });

  it('speak of its version, which the sub-package may not share', () => {
    const later = { ...library, version: '9-r0' };
    expect(told(later, {})).toEqual([FOUND]);
  });
});

describe('records of several components', () => {
  const of = (name: string, fixed: string | null, more: CgaRecord = {}): CgaRecord => ({
    fixed,
    component: { name, type: 'go-module', location: '/usr/bin/tool' },
    ...more,
  });

  it('make one finding, with the highest fix', () => {
    expect(told(tool, of('a', '1.2.0-r3'), of('b', '1.2.0-r10'), of('c', '1.2.0-r1'))).toEqual([
      `${CVE} 1.2.0-r10`,
    ]);
  });

  it('make one without a fix while any is open', () => {
    expect(told(tool, of('a', '1.2.0-r3'), of('b', null))).toEqual([
      `${CVE} open under-investigation`,
    ]);
  });

  it('make none when all are cleared', () => {
    expect(told(tool, of('a', '0'), of('b', '0'))).toEqual([]);
  });

  it('do not clear each other', () => {
    expect(told(tool, of('a', '0'), of('b', '1.2.0-r3'))).toEqual([FOUND]);
    expect(told(tool, of('a', '0'), of('b', null))).toHaveLength(1);
  });

  it.each([
    [['detection'], 'under-investigation'],
    [['detection', 'analysis_not_planned'], 'analysis-not-planned'],
    [['analysis_not_planned', 'fix_not_planned', 'detection'], 'fix-not-planned'],
    [['fix_not_planned', 'pending_upstream_fix'], 'pending-upstream'],
    // Determined to be so: that is what a finding says by itself.
    [['pending_upstream_fix', 'true_positive_determination'], undefined],
    // A word of tomorrow.
    [['pending_upstream_fix', 'fix_is_brewing'], undefined],
  ])('that are open as %j have the status %s', (statuses, status) => {
    const records = statuses.map((each, index) => of(`c${index}`, null, { status: each }));
    expect(told(tool, ...records)).toEqual([[CVE, 'open', ...(status ? [status] : [])].join(' ')]);
  });

  it('have no status once there is a fix for all', () => {
    expect(told(tool, of('a', '1.2.0-r3', { status: 'pending_upstream_fix' }))).toEqual([FOUND]);
  });
});

describe('records of an architecture', () => {
  it('come before those of another', () => {
    expect(told(tool, { fixed: '0' }, { arch: 'aarch64' })).toEqual([]);
    expect(told(tool, { arch: 'aarch64', fixed: '0' }, {})).toEqual([FOUND]);
  });

  it('stand for another that has none', () => {
    expect(told(tool, { arch: 'aarch64' })).toEqual([FOUND]);
    expect(told(aUnit({ arch: 'aarch64' }), {})).toEqual([FOUND]);
  });

  it('all count for a package of none', () => {
    const records: CgaRecord[] = [{ fixed: '0' }, { arch: 'aarch64' }];
    expect(told(aUnit({ arch: 'noarch' }), ...records)).toEqual([FOUND]);
    expect(told(aUnit({ arch: null }), ...records)).toEqual([FOUND]);
  });

  it('count beside those that name none', () => {
    expect(told(tool, { arch: null }, { fixed: '0' })).toEqual([FOUND]);
    expect(told(tool, { arch: null }, { arch: 'aarch64', fixed: null })).toEqual([FOUND]);
  });

  it('are chosen among the records of the name that decides', () => {
    const own = { package: 'tool-libs', arch: 'aarch64', fixed: '0' };
    expect(told(library, {}, own)).toEqual([]);
  });
});

describe('upstream', () => {
  it('with one CVE names one vulnerability, under all its ids', () => {
    const [finding] = createMatcher(
      lookupIn(
        compileAll([aCgaRecord(), aCgaRecord({ id: 'CGA-2', upstream: ['GHSA-2222-2222-2222'] })]),
      ),
      AT,
    ).judge(tool);
    expect(finding).toMatchObject({
      id: CVE,
      aliases: ['CGA-2', 'CGA-2222-2222-2222', 'GHSA-2222-2222-2222'],
    });
  });

  it('with several CVEs is one finding each, and makes them no aliases', () => {
    const several = { upstream: [CVE, 'CVE-2026-9000002', 'GHSA-2222-2222-2222'] };
    expect(told(tool, several)).toEqual([FOUND, 'CVE-2026-9000002 1.2.0-r3']);
    expect(told(tool, several, { fixed: '1.2.0-r9' })).toEqual([
      `${CVE} 1.2.0-r9`,
      'CVE-2026-9000002 1.2.0-r3',
    ]);
  });

  it('without a CVE goes by the id there is', () => {
    expect(told(tool, { upstream: ['GO-2026-1'] })).toEqual(['GO-2026-1 1.2.0-r3']);
    expect(told(tool, { upstream: [] })).toEqual(['CGA-1 1.2.0-r3']);
  });
});

describe('non-breaking hyphens (U+2011)', () => {
  it('are read as hyphens in ids, names and versions', () => {
    const odd = (text: string) => text.replaceAll('-', '\u2011');
    expect(told(tool, { id: odd('CGA-1'), upstream: [odd(CVE)], fixed: odd('1.2.0-r3') })).toEqual([
      FOUND,
    ]);
    expect(told(library, { package: odd('tool-libs') })).toEqual([FOUND]);
    expect(told(library, {}, { package: odd('tool-libs'), fixed: '0' })).toEqual([]);
  });
});

it('tells Wolfi from Chainguard', () => {
  expect(told(tool, { ecosystem: 'Chainguard' })).toEqual([]);
  expect(told(aUnit({ ecosystem: 'Chainguard' }), { ecosystem: 'Chainguard' })).toEqual([FOUND]);
});
