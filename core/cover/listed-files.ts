import { readText } from '../extract/read-text.ts';
import { fileOfPath } from '../image/archive-path.ts';
import type { FileTree } from '../image/file-tree.ts';
import { normalisePath } from '../image/normalise-path.ts';
import { folderOf } from '../image/path-parts.ts';
import type { Package } from '../inventory/inventory.ts';

/** Where the files of listed packages lie. */
interface ListedFiles {
  /** Whether a file came with a package of a language that is in the list. */
  has(path: string): boolean;
}

/**
 * The files of npm's and Python's packages: what lies in a package's folder, and what a Python project's
 * own list of files names (`RECORD`, `installed-files.txt`), programs in `bin` and compiled modules among them.
 *
 * @param asked all paths that will be asked for: lists are long, and hardly any line is of interest
 */
export function findListedFiles(
  tree: FileTree,
  packages: readonly Package[],
  asked: ReadonlySet<string>,
): ListedFiles {
  const folders = new Set<string>();
  const files = new Set<string>();
  for (const { type, path, name } of packages) {
    if (type === 'npm') folders.add(folderOf(fileOfPath(path)));
    if (type === 'pypi') addProject(tree, { path, name }, asked, { folders, files });
  }
  return { has: (path) => files.has(path) || foldersAbove(path).some((each) => folders.has(each)) };
}

interface Found {
  readonly folders: Set<string>;
  readonly files: Set<string>;
}

function addProject(
  tree: FileTree,
  { path, name }: Pick<Package, 'path' | 'name'>,
  asked: ReadonlySet<string>,
  { folders, files }: Found,
): void {
  const egg = /^(.*\.egg)(?:\/EGG-INFO\/PKG-INFO)?$/.exec(path)?.[1];
  if (egg !== undefined) {
    folders.add(egg);
    return;
  }
  const metadata = folderOf(fileOfPath(path));
  const isFlat = path.endsWith('.egg-info');
  const site = isFlat ? metadata : folderOf(metadata);
  const record = isFlat ? undefined : textOf(tree, `${metadata}/RECORD`);
  const installed = isFlat ? undefined : textOf(tree, `${metadata}/installed-files.txt`);
  const listed = [...pathsIn(record, site), ...pathsIn(installed, metadata)];
  for (const each of listed) if (asked.has(each)) files.add(each);
  // One of too long lines is a list too.
  const isThere = [record, installed].some(
    (text) => text !== undefined && text.length > LINE_LIMIT,
  );
  if (listed.length > 0 || isThere) return;
  // Of a project without a list, the folder that bears its name.
  const folder = `${site}/${name.replace(/[-_.]+/g, '_')}`;
  for (const each of [folder, folder.toLowerCase(), `${folder}.libs`]) folders.add(each);
}

function textOf(tree: FileTree, path: string): string | undefined {
  const file = readText(tree, path);
  return file.kind === 'text' ? file.text : undefined;
}

/** Characters of a line: twice Linux's PATH_MAX, each quote being doubled, a hash and a size. */
const LINE_LIMIT = 9_000;

/** The paths of a list, one a line; `RECORD` has a hash and a size behind each, and quotes one that holds a comma. */
function pathsIn(text: string | undefined, folder: string): string[] {
  return [...shortLines(text ?? '')].flatMap((line) => {
    const path =
      /^"((?:[^"]|"")*)"/.exec(line)?.[1]?.replaceAll('""', '"') ?? line.split(',', 1)[0];
    if (!path) return [];
    return [normalisePath(path.startsWith('/') ? path : `${folder}/${path}`).path];
  });
}

/** Lines that can name a file: of a longer one, which none writes, what it lists stays unlisted. */
function* shortLines(text: string): Iterable<string> {
  for (let start = 0; start < text.length; ) {
    const found = text.indexOf('\n', start);
    const end = found < 0 ? text.length : found;
    if (end - start <= LINE_LIMIT) yield text.slice(start, text[end - 1] === '\r' ? end - 1 : end);
    start = end + 1;
  }
}

function foldersAbove(path: string): string[] {
  const folders: string[] = [];
  for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
    folders.push(path.slice(0, end));
  }
  return folders;
}
