import type { Distro, Package } from '../../inventory/inventory.ts';

/** The formats of OS packages. */
export type OsPackageType = Extract<Package['type'], 'apk' | 'deb' | 'rpm'>;

/**
 * Distributions that some feed has an ecosystem for, by package format and `ID` (OSV schema,
 * "Defined ecosystems"; Amazon's advisories are not in OSV).
 */
const ECOSYSTEMS: Record<OsPackageType, ReadonlyMap<string, (versionId: string) => string>> = {
  apk: new Map([
    ['wolfi', () => 'Wolfi'],
    ['chainguard', () => 'Chainguard'],
    ['alpine', alpineEcosystem],
  ]),
  deb: new Map([
    ['debian', major('Debian:')],
    ['ubuntu', ubuntuEcosystem],
  ]),
  rpm: new Map([
    ['almalinux', major('AlmaLinux:')],
    ['amzn', amazonEcosystem],
    ['azurelinux', major('Azure Linux:')],
    // Its name until version 2.
    ['mariner', major('Azure Linux:')],
    ['mageia', major('Mageia:')],
    ['opensuse-leap', (versionId) => versionId && `openSUSE:Leap ${versionId}`],
    ['opensuse-tumbleweed', () => 'openSUSE:Tumbleweed'],
    ['rhel', major('Red Hat:enterprise_linux:')],
    ['rocky', major('Rocky Linux:')],
    // SUSE's for hosts of containers, until version 5 and since.
    ['sle-micro', (versionId) => versionId && `SUSE:Linux Enterprise Micro ${versionId}`],
    ['sl-micro', (versionId) => versionId && `SUSE:Linux Micro ${versionId}`],
    ['sles', suseEcosystem],
  ]),
};

/** Without a release their ranges of all releases give more false findings than true ones (osv.dev, vulnerability_matching.go). */
export const NEED_A_RELEASE: ReadonlySet<string> = new Set(['Alpine', 'Ubuntu']);

/**
 * The ecosystem of a distribution's packages, release included; without it where os-release names
 * none but records may still list versions. Empty when no feed has any for them.
 */
export function osEcosystem(type: OsPackageType, distro: Distro | null): string {
  return (distro && ECOSYSTEMS[type].get(distro.id)?.(distro.versionId)) ?? '';
}

/** What Ubuntu's subscribers get is built for them: `2.0-1ubuntu1+esm1`, `2.0-1ubuntu1~esm1`. */
const FOR_SUBSCRIBERS = /[+~]esm\d/;

/** As `osEcosystem`, for a deb of that source version: what came with Ubuntu Pro has records of its own. */
export function debEcosystem(distro: Distro | null, sourceVersion: string): string {
  const ecosystem = osEcosystem('deb', distro);
  return ecosystem.startsWith('Ubuntu:') && FOR_SUBSCRIBERS.test(sourceVersion)
    ? `Ubuntu:Pro:${ecosystem.slice('Ubuntu:'.length)}`
    : ecosystem;
}

/** `Alpine:v3.20`; edge calls itself by the next release's alpha, `3.21_alpha20240807`. */
function alpineEcosystem(versionId: string): string {
  if (versionId === 'edge' || versionId.includes('_alpha')) return 'Alpine:edge';
  const [release] = /^\d+\.\d+/.exec(versionId) ?? [];
  return release ? `Alpine:v${release}` : 'Alpine';
}

/** `Ubuntu:22.04:LTS`; LTS releases are those of April in even years. */
function ubuntuEcosystem(versionId: string): string {
  const { year, month } = /^(?<year>\d+)\.(?<month>\d\d)/.exec(versionId)?.groups ?? {};
  if (!year || !month) return 'Ubuntu';
  const isLts = Number(year) % 2 === 0 && month === '04';
  return `Ubuntu:${year}.${month}${isLts ? ':LTS' : ''}`;
}

/** `Amazon Linux:2023`; the first one calls itself by the month, `2018.03`. */
function amazonEcosystem(versionId: string): string {
  const [release] = /^\d+/.exec(versionId) ?? [];
  if (!release) return '';
  return `Amazon Linux:${release === '2' || Number(release) >= 2022 ? release : '1'}`;
}

/** `SUSE:Linux Enterprise Server 15 SP6` of `15.6`; since 16 there are no service packs, but `16.0`. */
function suseEcosystem(versionId: string): string {
  const { release, pack } = /^(?<release>\d+)(?:\.(?<pack>\d+))?$/.exec(versionId)?.groups ?? {};
  if (!release) return '';
  if (Number(release) >= 16) return `SUSE:Linux Enterprise Server ${versionId}`;
  return `SUSE:Linux Enterprise Server ${release}${pack ? ` SP${pack}` : ''}`;
}

/** Records name a major release alone. */
function major(start: string): (versionId: string) => string {
  return (versionId) => {
    const [release] = /^\d+/.exec(versionId) ?? [];
    return release ? start + release : '';
  };
}
