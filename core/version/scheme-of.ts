import { apkScheme } from './apk.ts';
import { debScheme } from './deb.ts';
import { mavenScheme } from './maven.ts';
import { pep440Scheme } from './pep440.ts';
import { rpmScheme } from './rpm.ts';
import type { VersionScheme } from './scheme.ts';
import { semverScheme } from './semver.ts';

/** Every scheme, by the name the command line knows. */
export const SCHEMES: ReadonlyMap<string, VersionScheme> = new Map(
  [apkScheme, debScheme, mavenScheme, pep440Scheme, rpmScheme, semverScheme].map((scheme) => [
    scheme.name,
    scheme,
  ]),
);

/**
 * Which ecosystem orders its versions how (OSV schema, "affected[].package field";
 * https://github.com/google/osv.dev, go/osv/ecosystem/ecosystem.go). Amazon's is not OSV's.
 */
const BY_ECOSYSTEM: ReadonlyMap<string, VersionScheme> = new Map<string, VersionScheme>([
  ['Alpaquita', apkScheme],
  ['Alpine', apkScheme],
  ['BellSoft Hardened Containers', apkScheme],
  ['Chainguard', apkScheme],
  ['CleanStart', apkScheme],
  ['MinimOS', apkScheme],
  ['Wolfi', apkScheme],
  ['Debian', debScheme],
  ['Echo', debScheme],
  ['Ubuntu', debScheme],
  ['AlmaLinux', rpmScheme],
  ['Amazon Linux', rpmScheme],
  ['Azure Linux', rpmScheme],
  ['Mageia', rpmScheme],
  ['openEuler', rpmScheme],
  ['openSUSE', rpmScheme],
  ['Red Hat', rpmScheme],
  ['Rocky Linux', rpmScheme],
  ['SUSE', rpmScheme],
  ['Maven', mavenScheme],
  ['PyPI', pep440Scheme],
  ['Bitnami', semverScheme],
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
