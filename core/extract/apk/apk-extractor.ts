import type { Problem } from '../../image/capture.ts';
import type { FileTree } from '../../image/file-tree.ts';
import type { Distro, Package } from '../../inventory/inventory.ts';
import type { Extraction, Extractor, OwnedFile } from '../extractor.ts';
import { osEcosystem } from '../os-release/os-ecosystem.ts';
import { packageKey } from '../package-key.ts';
import { osPackagePurl } from '../package-purl.ts';
import { readText } from '../read-text.ts';
import { isToken, quote } from '../token.ts';
import { checkRepositories } from './check-repositories.ts';
import { type ApkRecord, parseApkDatabase } from './parse-apk-database.ts';

/** Where apk keeps its database since May 2025, and before; one may be a link to the other. */
const DATABASES = ['usr/lib/apk/db/installed', 'lib/apk/db/installed'];

/** Alpine, Wolfi and Chainguard. */
export const apkExtractor: Extractor<Extraction> = {
  name: 'os/apk',

  extract({ tree, distro }) {
    const { databases, problems } = readDatabases(tree, distro);
    const [first, ...others] = databases;
    if (!first) return { packages: [], owned: [], problems };
    problems.push(...checkRepositories(tree, distro));

    const packages = new Map(first.packages.map((each) => [packageKey(each), each]));
    for (const { path, packages: more } of others) {
      const reason = disagreement(first, more);
      if (reason) problems.push({ path, reason });
      // Both are kept: a package too many is seen, one too few is not.
      for (const each of more) {
        if (!packages.has(packageKey(each))) packages.set(packageKey(each), each);
      }
    }
    return {
      packages: [...packages.values()],
      owned: databases.flatMap((database) => database.owned),
      problems,
    };
  },
};

interface Database extends Extraction {
  readonly path: string;
}

function readDatabases(
  tree: FileTree,
  distro: Distro | null,
): { readonly databases: readonly Database[]; readonly problems: Problem[] } {
  const databases: Database[] = [];
  const problems: Problem[] = [];
  for (const path of DATABASES) {
    const file = readText(tree, path);
    if (file.kind === 'unreadable') problems.push(file.problem);
    if (file.kind !== 'text' || databases.some((each) => each.path === file.path)) continue;
    const database = readDatabase(file.path, file.text, distro);
    databases.push(database);
    for (const problem of database.problems) problems.push(problem);
  }
  return { databases, problems };
}

function readDatabase(path: string, text: string, distro: Distro | null): Database {
  const { records, problems: badLines } = parseApkDatabase(text);
  const packages: Package[] = [];
  const owned: OwnedFile[] = [];
  const problems = badLines.map((reason) => ({ path, reason }));
  for (const record of records) {
    const found = toPackage(path, record, distro);
    if (typeof found === 'string') {
      problems.push({ path, reason: found });
      continue;
    }
    packages.push(found);
    for (const file of record.files) owned.push({ path: file, owner: found.name });
  }
  return { path, packages, owned, problems };
}

/** The package of a record, or why it is none. */
function toPackage(
  path: string,
  { fields, line }: ApkRecord,
  distro: Distro | null,
): Package | string {
  const name = fields.get('P');
  const version = fields.get('V');
  if (!name) return `record at line ${line} without a name`;
  if (!isToken(name)) return `record at line ${line}: malformed name ${quote(name)}`;
  if (!version) return `record of ${quote(name)} without a version`;
  if (!isToken(version)) return `record of ${quote(name)}: malformed version ${quote(version)}`;

  const origin = fields.get('o');
  const arch = fields.get('A');
  const known = { type: 'apk', name, version, arch: isToken(arch) ? arch : null } as const;
  return {
    ...known,
    purl: osPackagePurl(known, distro),
    ecosystem: osEcosystem('apk', distro),
    // Subpackages are built together with their origin and share its version.
    source: { name: isToken(origin) ? origin : name, version },
    path,
    owner: null,
  };
}

/** What tells two databases apart, or `undefined` when they list the same packages. */
function disagreement(first: Database, second: readonly Package[]): string | undefined {
  const here = new Set(second.map(packageKey));
  const there = new Set(first.packages.map(packageKey));
  const onlyHere = [...here].filter((key) => !there.has(key)).length;
  const onlyThere = [...there].filter((key) => !here.has(key)).length;
  if (onlyHere + onlyThere === 0) return undefined;
  return `does not agree with ${first.path}: ${onlyHere} packages only here, ${onlyThere} only there`;
}
