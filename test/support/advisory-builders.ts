import type { AdvisoryEntry, LookupKey } from '../../core/advisory/entry.ts';
import type { Package } from '../../core/inventory/inventory.ts';

/** A Wolfi entry that is fixed in 1.2.3-r1; a test states only what it is about. */
export function anEntry(overrides: Partial<AdvisoryEntry> = {}): AdvisoryEntry {
  return {
    feed: 'chainguard',
    ecosystem: 'Wolfi',
    name: 'zlib',
    record: 'CGA-2222-2222-2222',
    hash: '00',
    aliases: [],
    upstream: ['CVE-2026-0001'],
    withdrawn: null,
    severity: 'high',
    arch: null,
    ranges: [
      [
        ['introduced', '0'],
        ['fixed', '1.2.3-r1'],
      ],
    ],
    versions: [],
    ...overrides,
  };
}

/** A Wolfi package that `anEntry` affects. */
export function anApk(overrides: Partial<Package> = {}): Package {
  const { name, version, arch } = {
    name: 'zlib',
    version: '1.2.3-r0',
    arch: 'x86_64',
    ...overrides,
  };
  return {
    purl: `pkg:apk/wolfi/${name}@${version}?arch=${arch}&distro=wolfi`,
    ecosystem: 'Wolfi',
    type: 'apk',
    name,
    version,
    source: { name, version },
    arch,
    path: 'usr/lib/apk/db/installed',
    owner: null,
    ...overrides,
  };
}

/** A Debian 12 binary package. */
export function aDeb(overrides: Partial<Package> = {}): Package {
  const { name, version } = { name: 'bsdutils', version: '1:2.38.1-5+b1', ...overrides };
  return {
    purl: `pkg:deb/debian/${name}@${encodeURIComponent(version)}?arch=amd64&distro=debian-12`,
    ecosystem: 'Debian:12',
    type: 'deb',
    name,
    version,
    source: { name: 'util-linux', version: '2.38.1-5' },
    arch: 'amd64',
    path: 'var/lib/dpkg/status',
    owner: null,
    ...overrides,
  };
}

/** A Python distribution. */
export function aWheel(overrides: Partial<Package> = {}): Package {
  const { name, version } = { name: 'Zope.Interface', version: '5.0', ...overrides };
  return {
    purl: `pkg:pypi/${name.toLowerCase()}@${version}`,
    ecosystem: 'PyPI',
    type: 'pypi',
    name,
    version,
    source: null,
    arch: null,
    path: `usr/lib/python3.14/site-packages/${name}-${version}.dist-info/METADATA`,
    owner: null,
    ...overrides,
  };
}

/** An rpm of Azure Linux, whose source has the same version without the epoch. */
export function anRpm(overrides: Partial<Package> = {}): Package {
  const { name, version } = { name: 'openssl-libs', version: '3.3.3-1.azl3', ...overrides };
  return {
    purl: `pkg:rpm/azurelinux/${name}@${encodeURIComponent(version)}?arch=x86_64&distro=azurelinux-3.0`,
    ecosystem: 'Azure Linux:3',
    type: 'rpm',
    name,
    version,
    source: { name: 'openssl', version: version.replace(/^\d+:/, '') },
    arch: 'x86_64',
    path: 'var/lib/rpm/rpmdb.sqlite',
    owner: null,
    ...overrides,
  };
}

/** A package of a language, at home in one ecosystem. */
export function aLanguagePackage(
  type: 'golang' | 'npm' | 'cargo' | 'maven' | 'bitnami',
  name: string,
  version: string,
): Package {
  const ecosystems = {
    golang: 'Go',
    npm: 'npm',
    cargo: 'crates.io',
    maven: 'Maven',
    bitnami: 'Bitnami',
  } as const;
  return {
    purl: `pkg:${type}/${name}@${version}`,
    ecosystem: ecosystems[type],
    type,
    name,
    version,
    source: null,
    arch: null,
    path: 'app/program',
    owner: null,
  };
}

/** Answers as a snapshot of these entries would. */
export function lookupIn(
  entries: readonly AdvisoryEntry[],
): (key: LookupKey) => readonly AdvisoryEntry[] {
  return ({ ecosystem, name }) =>
    entries.filter((entry) => entry.ecosystem === ecosystem && entry.name === name);
}
