import type { Problem } from '../../image/capture.ts';
import type { FileTree } from '../../image/file-tree.ts';
import { baseName, folderOf } from '../../image/path-parts.ts';
import type { Package } from '../../inventory/inventory.ts';
import type { Extraction, Extractor, ExtractorInput, OwnedFile } from '../extractor.ts';
import { packageKey } from '../package-key.ts';
import { readText } from '../read-text.ts';
import { readDebStanza } from './deb-package.ts';
import { FILE_LIST_KINDS, parseFileList } from './file-list.ts';
import { parseStanzas } from './parse-stanzas.ts';

/** dpkg's administrative folder, and where read-only systems have it. */
const FOLDERS = ['var/lib/dpkg', 'usr/lib/dpkg'];

/** What lies in `status.d` beside the stanzas (deb(5), the control archive's members). */
const NO_STANZA =
  /\.(?:md5sums|list|preinst|postinst|prerm|postrm|conffiles|config|templates|triggers|shlibs|symbols)$/;

/** dpkg's journal (lib/dpkg/dbmodify.c): files whose names are numbers; a later run takes them into `status`. */
const UPDATE = /\/\d{4}$/;
const PENDING = 'dpkg was interrupted: what it had not written into its status yet is not read';

/** Debian, Ubuntu and distroless. */
export const dpkgExtractor: Extractor<Extraction> = {
  name: 'os/dpkg',

  extract({ tree, distro }) {
    const found: Found = { packages: new Map(), owned: [], problems: [] };
    for (const { status, statusFolder, infoFolder, updates } of findDatabases(tree)) {
      const names = new Map<string, string>();
      readStanzas({ tree, distro }, { path: status, isStatus: true }, names, found);
      for (const path of updates) found.problems.push({ path, reason: PENDING });
      for (const path of infoFolder) readFileList(tree, path, names, found);

      const stems = new Map<string, string>();
      const stanzaFiles = statusFolder.filter((path) => !NO_STANZA.test(path));
      for (const path of stanzaFiles) {
        readStanzas({ tree, distro }, { path, isStatus: false }, stems, found);
      }
      for (const path of statusFolder) readFileList(tree, path, stems, found);
    }
    return { ...found, packages: [...found.packages.values()] };
  },
};

interface Found {
  /** By `packageKey`: a package that two databases list is one. */
  readonly packages: Map<string, Package>;
  readonly owned: OwnedFile[];
  readonly problems: Problem[];
}

interface DatabaseFiles {
  readonly status: string;
  readonly statusFolder: readonly string[];
  readonly infoFolder: readonly string[];
  /** What an interrupted dpkg had still to write into `status`. */
  readonly updates: readonly string[];
}

/** The distinct databases of an image, with their files. */
function findDatabases(tree: FileTree): DatabaseFiles[] {
  const folders = new Set(FOLDERS.flatMap((folder) => tree.resolve(folder) ?? []));
  const files = new Map<string, string[]>();
  const real = (path: string) => tree.resolve(path) ?? path;
  for (const folder of folders) {
    files.set(real(`${folder}/status.d`), []);
    files.set(real(`${folder}/info`), []);
    files.set(real(`${folder}/updates`), []);
  }
  if (files.size === 0) return [];
  for (const { path, type } of tree.entries()) {
    if (type === 'directory') continue;
    files.get(folderOf(path))?.push(path);
  }
  return [...folders].map((folder) => ({
    status: `${folder}/status`,
    statusFolder: files.get(real(`${folder}/status.d`)) ?? [],
    infoFolder: files.get(real(`${folder}/info`)) ?? [],
    updates: (files.get(real(`${folder}/updates`)) ?? []).filter((path) => UPDATE.test(path)),
  }));
}

/** Reads the stanzas of a file; `names` learns under which stem each package's file list is to be found. */
function readStanzas(
  { tree, distro }: ExtractorInput,
  { path, isStatus }: { readonly path: string; readonly isStatus: boolean },
  names: Map<string, string>,
  { packages, problems }: Found,
): void {
  const file = readText(tree, path);
  if (file.kind === 'unreadable') problems.push(file.problem);
  if (file.kind !== 'text') return;

  const { stanzas, problems: badLines } = parseStanzas(file.text);
  const reasons = [...badLines];
  for (const stanza of stanzas) {
    const place = { path: file.path, statusOptional: !isStatus, distro };
    const record = readDebStanza(stanza, place);
    reasons.push(...record.problems);
    if (!record.package) continue;
    const { name } = record.package;
    const key = packageKey(record.package);
    if (!packages.has(key)) packages.set(key, record.package);
    names.set(isStatus ? name : baseName(path), name);
  }
  for (const reason of reasons) problems.push({ path: file.path, reason });
}

/** Reads a file list if it belongs to a package that is there: `libc6:amd64.list` where several architectures may be installed. */
function readFileList(
  tree: FileTree,
  path: string,
  names: ReadonlyMap<string, string>,
  { owned, problems }: Found,
): void {
  const kind = FILE_LIST_KINDS.find((each) => path.endsWith(each));
  const stem =
    kind &&
    baseName(path)
      .slice(0, -kind.length)
      .replace(/:[a-z0-9-]+$/, '');
  const owner = stem && names.get(stem);
  if (!kind || !owner) return;
  const file = readText(tree, path);
  if (file.kind === 'unreadable') problems.push(file.problem);
  if (file.kind !== 'text') return;

  const list = parseFileList(kind, file.text);
  for (const reason of list.problems) problems.push({ path: file.path, reason });
  const listLayer = tree.entry(file.path)?.layer;
  for (const each of list.paths) owned.push({ path: each, owner, listLayer });
}
