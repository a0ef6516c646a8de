import type { Platform } from '../../core/image/platform.ts';
import { type ArchiveEntry, byCodeUnits } from './layer-archive.ts';
import type { FileSpec, LayerSpec } from './layer-spec.ts';
import {
  writeApkDatabase,
  writeDpkgList,
  writeDpkgStanza,
  writeDpkgStatus,
  writeMd5Sums,
  writeRpmManifest,
} from './package-databases.ts';
import { pythonPackageFiles, venvFiles, venvSite } from './python-files.ts';

/**
 * Everything that a layer puts into its archive, by path. What `files` says wins over
 * what the other fields make, so that a world can spoil any file it wants.
 */
export function layerEntries(layer: LayerSpec, platform: Platform): Map<string, ArchiveEntry> {
  const given = layer.files ?? {};
  const specs = new Map<string, FileSpec>([
    ...packageFiles(layer),
    ...osReleaseFiles(layer),
    ...databaseFiles(layer, platform),
    ...pythonFiles(layer),
    ...Object.entries(given),
  ]);
  const entries = new Map<string, ArchiveEntry>();
  for (const [path, spec] of specs) entries.set(path, fileEntry(path, spec));
  if (layer.venv) entries.set(venvSite(layer.venv), directory());
  for (const path of layer.whiteout ?? []) entries.set(besides(path, '.wh.'), marker());
  for (const path of layer.opaque ?? []) {
    if (!entries.has(path)) entries.set(path, directory());
    entries.set(`${path}/.wh..wh..opq`, marker());
  }
  return entries;
}

/** The files that packages own are there, empty; a database line must not dangle. */
function packageFiles(layer: LayerSpec): [string, FileSpec][] {
  const packages = [...(layer.apk ?? []), ...(layer.dpkg ?? []), ...(layer.dpkgStatusD ?? [])];
  return packages.flatMap(({ files = [] }) =>
    files.map((path): [string, FileSpec] => [path, { text: '' }]),
  );
}

function osReleaseFiles({ osRelease }: LayerSpec): [string, FileSpec][] {
  if (!osRelease) return [];
  const text = Object.entries(osRelease)
    .sort(([left], [right]) => byCodeUnits(left, right))
    .map(([key, value]) => `${key}=${quoteShell(value)}\n`)
    .join('');
  return [['etc/os-release', { text }]];
}

function databaseFiles(layer: LayerSpec, platform: Platform): [string, FileSpec][] {
  const { apk, db, dpkg, dpkgStatusD = [], rpmManifest } = layer;
  const files: [string, string][] = [];
  if (apk) {
    const folder = db === 'lib' ? 'lib/apk/db' : 'usr/lib/apk/db';
    files.push([`${folder}/installed`, writeApkDatabase(apk, platform)]);
  }
  if (dpkg) files.push(['var/lib/dpkg/status', writeDpkgStatus(dpkg, platform)]);
  for (const each of dpkg ?? []) {
    if (each.files) files.push([`var/lib/dpkg/info/${each.name}.list`, writeDpkgList(each.files)]);
  }
  for (const each of dpkgStatusD) {
    const path = `var/lib/dpkg/status.d/${each.name}`;
    const sums = writeMd5Sums(each.files ?? [], (file) => contentOf(layer.files?.[file] ?? {}));
    files.push([path, writeDpkgStanza(each, platform)], [`${path}.md5sums`, sums]);
  }
  if (rpmManifest) {
    const text = writeRpmManifest(rpmManifest, platform);
    files.push(['var/lib/rpmmanifest/container-manifest-2', text]);
  }
  return files.map(([path, text]) => [path, { text }]);
}

function pythonFiles({ python = [], venv }: LayerSpec): [string, FileSpec][] {
  return [
    ...(venv ? venvFiles(venv) : []),
    ...python.flatMap((each) => [...pythonPackageFiles(each, venv)]),
  ];
}

function fileEntry(path: string, spec: FileSpec): ArchiveEntry {
  const uid = spec.uid ?? 0;
  if (spec.link !== undefined) return { type: 'symlink', link: spec.link, uid };
  if (spec.hardLink !== undefined) return { type: 'hardlink', link: spec.hardLink, uid };
  return { type: 'file', content: contentOf(spec), mode: spec.mode ?? defaultMode(path), uid };
}

/** Programs are executable: what lies in a `bin` or `sbin` folder. */
function defaultMode(path: string): number {
  return /(?:^|\/)s?bin\/[^/]+$/.test(path) ? 0o755 : 0o644;
}

function contentOf({ text, base64 }: FileSpec): Uint8Array {
  return base64 === undefined ? Buffer.from(text ?? '') : Buffer.from(base64, 'base64');
}

function besides(path: string, prefix: string): string {
  const start = path.lastIndexOf('/') + 1;
  return `${path.slice(0, start)}${prefix}${path.slice(start)}`;
}

function marker(): ArchiveEntry {
  return { type: 'file', content: new Uint8Array(), mode: 0, uid: 0 };
}

function directory(): ArchiveEntry {
  return { type: 'directory', mode: 0o755, uid: 0 };
}

/** os-release(5): values with more than letters, digits and a few marks are quoted. */
function quoteShell(value: string): string {
  return /^[A-Za-z0-9._-]+$/.test(value) ? value : `"${value.replaceAll(/["$`\\]/g, '\\$&')}"`;
}
