import type { Distro, Package } from '../../inventory/inventory.ts';

/** Distributions that OSV has an ecosystem for, by package format and `ID` (OSV schema, "Defined ecosystems"). */
const ECOSYSTEMS: Record<
  Exclude<Package['type'], 'pypi'>,
  ReadonlyMap<string, (versionId: string) => string>
> = {
  apk: new Map([
    ['wolfi', () => 'Wolfi'],
    ['chainguard', () => 'Chainguard'],
    ['alpine', alpineEcosystem],
  ]),
  deb: new Map([
    ['debian', debianEcosystem],
    ['ubuntu', ubuntuEcosystem],
  ]),
};

/** The OSV ecosystem of a distribution's packages, release included; empty when OSV has none for them. */
export function osEcosystem(type: 'apk' | 'deb', distro: Distro | null): string {
  return (distro && ECOSYSTEMS[type].get(distro.id)?.(distro.versionId)) ?? '';
}

/** `Alpine:v3.20`; edge calls itself by the next release's alpha, `3.21_alpha20240807`. */
function alpineEcosystem(versionId: string): string {
  if (versionId === 'edge' || versionId.includes('_alpha')) return 'Alpine:edge';
  const [release] = /^\d+\.\d+/.exec(versionId) ?? [];
  return release ? `Alpine:v${release}` : '';
}

function debianEcosystem(versionId: string): string {
  const [major] = /^\d+/.exec(versionId) ?? [];
  return major ? `Debian:${major}` : '';
}

/** `Ubuntu:22.04:LTS`; LTS releases are those of April in even years. */
function ubuntuEcosystem(versionId: string): string {
  const { year, month } = /^(?<year>\d+)\.(?<month>\d\d)/.exec(versionId)?.groups ?? {};
  if (!year || !month) return '';
  const isLts = Number(year) % 2 === 0 && month === '04';
  return `Ubuntu:${year}.${month}${isLts ? ':LTS' : ''}`;
}
