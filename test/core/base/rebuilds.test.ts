import { describe, expect, it } from 'vitest';
import { findRebuilds, type Running } from '../../../core/base/rebuilds.ts';
import type { Standing } from '../../../core/base/standing.ts';
import { aFinding, aRow, aWorkload, of } from '../../support/builders.ts';
import { aStanding } from '../../support/origin-builders.ts';

const WEB = 'ecs/prod/web|app|linux/amd64';
const API = 'ecs/prod/api|app|linux/amd64';
const OWN = 'pkg:apk/wolfi/openssl@3.4.0-r0?arch=x86_64&distro=wolfi';

function rowOf(lineage: string) {
  return { ...aRow({ ...aWorkload({ lineage }), kind: 'workload' }), digest: of(lineage) };
}

function found(lineage: string, overrides: Partial<Running['finding']> = {}): Running {
  return { digest: of(lineage), finding: aFinding(overrides), state: 'open' };
}

function rebuilds(findings: readonly Running[], standing: Standing | undefined = aStanding()) {
  return findRebuilds([rowOf(WEB), rowOf(API)], findings, () => standing);
}

describe('rebuilds that help', () => {
  it('are one for all services of a base, each finding once', () => {
    expect(
      rebuilds([found(WEB), found(API), found(API, { id: 'CVE-2026-0002', severity: 'critical' })]),
    ).toMatchObject([{ lineages: [API, WEB], gone: 2, worst: 'critical', brought: 0, doubt: '' }]);
  });

  it('count what comes with the newest build, and leave out a service that they do not help', () => {
    const key = 'finding|CVE-2026-0009|pkg:apk/wolfi/zlib';
    expect(rebuilds([found(WEB)], aStanding({ newestFindings: new Set([key]) }))).toMatchObject([
      { lineages: [WEB], gone: 1, brought: 1 },
    ]);
  });

  it.each<[string, Running, Standing | undefined]>([
    ['is of the application', found(WEB, { package: OWN }), aStanding()],
    ['is suppressed', { ...found(WEB), state: 'suppressed' }, aStanding()],
    [
      'is in the newest build too',
      found(WEB),
      aStanding({ newestFindings: new Set(['finding|CVE-2026-0001|pkg:apk/wolfi/openssl']) }),
    ],
    [
      'is in a base whose newest build nobody knows',
      found(WEB),
      aStanding({ newestFindings: null }),
    ],
    ['is in a base of which only the name is known', found(WEB), aStanding({ packages: null })],
  ])('are none for what %s', (_what, finding, standing) => {
    expect(rebuilds([finding], standing)).toEqual([]);
  });

  it('do not take away what the application has in another version besides', () => {
    expect(rebuilds([found(WEB), found(WEB, { package: OWN })])).toEqual([]);
  });

  it('name what they would break', () => {
    const why = 'Its packages lie in lib/python3.13';
    const ties = [{ path: 'app/venv', why, worksOn: { minors: ['3.13'] } }];
    const row = { ...rowOf(WEB), runtimes: [{ language: 'python', minor: '3.13', ties }] };
    const moves = [{ language: 'python', from: '3.13', to: '3.14' }];
    const [rebuild] = findRebuilds([row], [found(WEB)], () => aStanding({ moves }));
    expect(rebuild?.moves).toEqual(['Python 3.13 to 3.14']);
    expect(rebuild?.breaks).toEqual([
      `would break on Python 3.14 in 1 workload (ecs/prod/web): app/venv: ${why}`,
    ]);
  });
});
