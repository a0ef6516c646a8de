import { apkScheme } from '../core/version/apk.ts';
import { debScheme } from '../core/version/deb.ts';
import { mavenScheme } from '../core/version/maven.ts';
import { pep440Scheme } from '../core/version/pep440.ts';
import { rpmScheme } from '../core/version/rpm.ts';
import type { VersionScheme } from '../core/version/scheme.ts';
import { semverScheme } from '../core/version/semver.ts';
import type { BenchRow } from './measure.ts';

const COMPARISONS = 4_000_000;

/** Comparisons a second of versions that were parsed before. */
export async function benchVersions(): Promise<readonly BenchRow[]> {
  return [
    measure('apk', apkScheme, (n) => `${n % 7}.${n % 101}.${n % 13}_git2026${n % 1000}-r${n % 5}`),
    measure('deb', debScheme, (n) => `${n % 3}:${n % 17}.${n % 101}+deb12u${n % 9}-${n % 5}`),
    measure('maven', mavenScheme, (n) => `${n % 17}.${n % 101}.${n % 7}-RC${n % 9}`),
    measure('pep440', pep440Scheme, (n) => `${n % 17}.${n % 101}rc${n % 9}.dev${n % 5}`),
    measure('rpm', rpmScheme, (n) => `${n % 3}:${n % 17}.${n % 101}^git${n % 9}-${n % 5}.el9`),
    measure('semver', semverScheme, (n) => `${n % 17}.${n % 101}.${n % 9}-alpha.${n % 5}`),
  ];
}

function measure<Parsed>(
  name: string,
  scheme: VersionScheme<Parsed>,
  version: (n: number) => string,
): BenchRow {
  const parsed = Array.from({ length: 10_000 }, (_, n) => scheme.parse(version(n * 7919)));
  let order = 0;
  const start = performance.now();
  for (let n = 0; n < COMPARISONS; n++) {
    const left = parsed[n % 10_000];
    const right = parsed[(n * 31 + 17) % 10_000];
    if (left !== undefined && right !== undefined) order += Math.sign(scheme.compare(left, right));
  }
  const seconds = (performance.now() - start) / 1000;
  const value = COMPARISONS / seconds / 1e6;
  return { name: `${name} comparisons`, value, unit: 'M/s', note: `sum of orders ${order}` };
}
