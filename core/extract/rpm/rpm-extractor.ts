import type { Problem } from '../../image/capture.ts';
import type { FileTree } from '../../image/file-tree.ts';
import type { Distro, Package } from '../../inventory/inventory.ts';
import type { Extraction, Extractor, OwnedFile } from '../extractor.ts';
import { packageKey } from '../package-key.ts';
import { readBytes } from '../read-bytes.ts';
import { readText } from '../read-text.ts';
import { parseManifest } from './parse-manifest.ts';
import { type RpmDatabase, readDatabase } from './read-database.ts';
import type { InstalledRpm } from './read-record.ts';
import { RPM_DATABASES, RPM_MANIFEST } from './rpm-files.ts';
import { toRpmPackage } from './rpm-package.ts';

/** Azure Linux, Amazon Linux, the Red Hat family, SUSE: whatever has a database of rpm's. */
export const rpmExtractor: Extractor<Extraction> = {
  name: 'os/rpm',

  extract({ tree, distro }) {
    const { databases, problems } = readDatabases(tree);
    const packages = new Map<string, Package>();
    const owned: OwnedFile[] = [];
    for (const database of databases) {
      for (const { name, files } of database.records) {
        for (const file of files) owned.push({ path: file, owner: name });
      }
      for (const each of toPackages(database, distro, problems)) {
        // Of two databases both are kept: a package too many is seen, one too few is not.
        if (!packages.has(packageKey(each))) packages.set(packageKey(each), each);
      }
    }
    problems.push(...compare(databases));
    return { packages: [...packages.values()], owned, problems };
  },
};

function toPackages(
  { path, records }: RpmDatabase,
  distro: Distro | null,
  problems: Problem[],
): Package[] {
  const packages: Package[] = [];
  for (const record of records) {
    const read = toRpmPackage(record, path, distro);
    if (typeof read === 'string') problems.push({ path, reason: read });
    else if (read) packages.push(read);
  }
  return packages;
}

/** Every distinct database and list of an image. */
function readDatabases(tree: FileTree): {
  readonly databases: readonly RpmDatabase[];
  readonly problems: Problem[];
} {
  const databases: RpmDatabase[] = [];
  const problems: Problem[] = [];
  for (const { path, format } of RPM_DATABASES) {
    const file = readBytes(tree, path);
    if (file.kind === 'unreadable') problems.push(file.problem);
    if (file.kind !== 'file' || databases.some((each) => each.path === file.path)) continue;
    databases.push(readDatabase(tree, { path: file.path, bytes: file.bytes, format }));
  }
  const manifest = readText(tree, RPM_MANIFEST);
  if (manifest.kind === 'unreadable') problems.push(manifest.problem);
  if (manifest.kind === 'text') {
    databases.push({ path: manifest.path, ...parseManifest(manifest.text) });
  }
  const reasons = databases.flatMap(({ path, problems: each }) =>
    each.map((reason) => ({ path, reason })),
  );
  return { databases, problems: [...problems, ...reasons] };
}

/** What tells databases apart: rpm itself reads one of them. A list beside one is of another image's. */
function compare(databases: readonly RpmDatabase[]): Problem[] {
  const [first, ...others] = databases
    .filter(({ path }) => path !== RPM_MANIFEST)
    .map(({ path, records }) => ({ path, keys: new Set(records.map(recordKey)) }));
  if (!first) return [];
  return others.flatMap(({ path, keys }) => {
    const here = countMissing(keys, first.keys);
    const there = countMissing(first.keys, keys);
    if (here + there === 0) return [];
    const reason = `does not agree with ${first.path}: ${here} packages only here, ${there} only there`;
    return [{ path, reason }];
  });
}

function countMissing(keys: ReadonlySet<string>, from: ReadonlySet<string>): number {
  return [...keys].filter((key) => !from.has(key)).length;
}

function recordKey({ name, epoch, version, arch }: InstalledRpm): string {
  return `${name} ${epoch ?? 0} ${version} ${arch}`;
}
