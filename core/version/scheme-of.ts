import { apkScheme } from './apk.ts';
import { debScheme } from './deb.ts';
import { pep440Scheme } from './pep440.ts';
import type { VersionScheme } from './scheme.ts';
import { semverScheme } from './semver.ts';

/** Every scheme, by the name the command line knows. */
export const SCHEMES: ReadonlyMap<string, VersionScheme> = new Map(
  [apkScheme, debScheme, pep440Scheme, semverScheme].map((scheme) => [scheme.name, scheme]),
);

/** OSV schema, "affected[].package field": which ecosystem orders its versions how. */
const BY_ECOSYSTEM: ReadonlyMap<string, VersionScheme> = new Map<string, VersionScheme>([
  ['Alpine', apkScheme],
  ['Chainguard', apkScheme],
  ['Wolfi', apkScheme],
  ['Debian', debScheme],
  ['Ubuntu', debScheme],
  ['PyPI', pep440Scheme],
  ['Go', semverScheme],
  ['crates.io', semverScheme],
  ['npm', semverScheme],
]);

/** The scheme of an OSV ecosystem, whatever its release (`Debian:12`); `undefined` when we know none. */
export function schemeOf(ecosystem: string): VersionScheme | undefined {
  return BY_ECOSYSTEM.get(baseOf(ecosystem));
}

/** An OSV ecosystem without its release: `Debian` of `Debian:12`. */
export function baseOf(ecosystem: string): string {
  const colon = ecosystem.indexOf(':');
  return colon < 0 ? ecosystem : ecosystem.slice(0, colon);
}
