import { createHash } from 'node:crypto';
import type { Platform } from '../../core/image/platform.ts';
import { byCodeUnits } from './layer-archive.ts';
import type { ApkPackage, DpkgPackage, RpmPackage } from './layer-spec.ts';

/** Names of the OCI architectures (with the variant, where it decides) in each package format. */
const ARCHITECTURES: Record<'apk' | 'deb' | 'rpm', Readonly<Record<string, string>>> = {
  apk: { amd64: 'x86_64', arm64: 'aarch64', 386: 'x86', 'arm/v6': 'armhf', arm: 'armv7' },
  deb: { 386: 'i386', 'arm/v5': 'armel', arm: 'armhf', ppc64le: 'ppc64el', mips64le: 'mips64el' },
  rpm: { amd64: 'x86_64', arm64: 'aarch64', 386: 'i686', arm: 'armv7hl' },
};

/**
 * The text of an apk database (apk-package(5) and apk's installed database): `P V A o`,
 * then the files as `F:` folder and `R:` name, a blank line after each package.
 */
export function writeApkDatabase(packages: readonly ApkPackage[], platform: Platform): string {
  return packages
    .map(({ name, version, origin = name, arch = archOf('apk', platform), files = [] }) =>
      [
        `P:${name}`,
        `V:${version}`,
        `A:${arch}`,
        `o:${origin}`,
        ...apkFileLines(files),
        '',
        '',
      ].join('\n'),
    )
    .join('');
}

/** The text of `var/lib/dpkg/status`. */
export function writeDpkgStatus(packages: readonly DpkgPackage[], platform: Platform): string {
  return packages
    .map((each) => writeStanza(each, platform, ['Status: install ok installed']))
    .join('\n');
}

/** One file of distroless' `var/lib/dpkg/status.d`, which has no Status field. */
export function writeDpkgStanza(dpkgPackage: DpkgPackage, platform: Platform): string {
  return writeStanza(dpkgPackage, platform, []);
}

/** dpkg's `info/<name>.list`: the files and the folders above them, absolute. */
export function writeDpkgList(files: readonly string[]): string {
  const paths = new Set(['/.']);
  for (const file of [...files].sort(byCodeUnits)) {
    const parts = file.split('/');
    parts.forEach((_part, index) => void paths.add(`/${parts.slice(0, index + 1).join('/')}`));
  }
  return [...paths].map((path) => `${path}\n`).join('');
}

/** Debian's `.md5sums`: digest, two spaces, path without leading slash. */
export function writeMd5Sums(
  files: readonly string[],
  contentOf: (path: string) => Uint8Array,
): string {
  return files
    .map((path) => `${createHash('md5').update(contentOf(path)).digest('hex')}  ${path}\n`)
    .join('');
}

/**
 * The text of Azure Linux' `container-manifest-2`: ten tab-separated fields (name,
 * version-release, install and build time, vendor, epoch, size, arch, epoch number, source).
 */
export function writeRpmManifest(packages: readonly RpmPackage[], platform: Platform): string {
  return packages
    .map(({ name, version, release, epoch, arch = archOf('rpm', platform), source = name }) => {
      const sourceFile = source.endsWith('.src.rpm')
        ? source
        : `${source}-${version}-${release}.src.rpm`;
      const fields = [name, `${version}-${release}`, 0, 0, '(none)', epoch ?? '(none)', 0, arch];
      return `${[...fields, epoch ?? 0, sourceFile].join('\t')}\n`;
    })
    .join('');
}

function archOf(format: keyof typeof ARCHITECTURES, { architecture, variant }: Platform): string {
  const names = ARCHITECTURES[format];
  return names[`${architecture}/${variant}`] ?? names[architecture] ?? architecture;
}

function apkFileLines(files: readonly string[]): string[] {
  const byFolder = Map.groupBy([...files].sort(byCodeUnits), (path) =>
    path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '',
  );
  return [...byFolder].flatMap(([folder, paths]) => [
    `F:${folder}`,
    ...paths.map((path) => `R:${path.slice(path.lastIndexOf('/') + 1)}`),
  ]);
}

function writeStanza(
  { name, version, source, sourceVersion, arch }: DpkgPackage,
  platform: Platform,
  more: readonly string[],
): string {
  // Debian policy 5.6.1: the source's version in parentheses where it differs.
  const sourceText = `${source ?? name}${sourceVersion ? ` (${sourceVersion})` : ''}`;
  return [
    `Package: ${name}`,
    ...more,
    ...(source || sourceVersion ? [`Source: ${sourceText}`] : []),
    `Version: ${version}`,
    `Architecture: ${arch ?? archOf('deb', platform)}`,
    '',
  ].join('\n');
}
