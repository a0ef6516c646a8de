import type { FileTree } from '../image/file-tree.ts';

/** Where images keep programs; `busybox` is that of distroless debug variants. */
export const PROGRAM_FOLDERS: readonly string[] = [
  'usr/bin',
  'bin',
  'usr/local/bin',
  'usr/sbin',
  'sbin',
  'usr/local/sbin',
  'busybox',
];

/**
 * The paths of programs by name, in the folders' order, then by name. Folders and
 * programs are followed through links; a link that leads to no file is no program.
 * Permissions are not looked at: a program that nobody may execute can be loaded by one who may.
 */
export function findPrograms(
  tree: FileTree,
  folders: readonly string[],
  isProgram: (name: string) => boolean,
): string[] {
  const ranks = rankFolders(tree, folders);
  const found: { readonly rank: number; readonly path: string }[] = [];
  for (const { path, type } of tree.entries()) {
    const slash = path.lastIndexOf('/');
    const rank = ranks.get(path.slice(0, Math.max(slash, 0)));
    if (rank === undefined || type === 'directory' || !isProgram(path.slice(slash + 1))) continue;
    const real = tree.resolve(path);
    if (real !== undefined && tree.entry(real)?.type === 'file') found.push({ rank, path });
  }
  // Stable: the tree's own order, by path, stays within a folder.
  return found.sort((left, right) => left.rank - right.rank).map(({ path }) => path);
}

/** Each folder where it really lies: on a merged /usr `bin` is `usr/bin`, and seen once. */
function rankFolders(tree: FileTree, folders: readonly string[]): Map<string, number> {
  const ranks = new Map<string, number>();
  for (const folder of folders) {
    const real = tree.resolve(folder);
    if (real !== undefined && !ranks.has(real)) ranks.set(real, ranks.size);
  }
  return ranks;
}

/** The absolute folders of the environment's PATH, without their leading slash. */
export function pathFolders(env: readonly string[]): string[] {
  return env
    .filter((variable) => variable.startsWith('PATH='))
    .flatMap((variable) => variable.slice('PATH='.length).split(':'))
    .filter((folder) => folder.startsWith('/'))
    .map((folder) => folder.split('/').filter(Boolean).join('/'))
    .filter((folder) => folder !== '');
}

/** `/usr/bin/apk, /usr/bin/pip and 3 more`. */
export function listPrograms(paths: readonly string[]): string {
  return listed(
    paths.map((path) => `/${path}`),
    4,
  );
}

/** The first of them, and how many more there are. */
export function listed(texts: readonly string[], shown: number): string {
  const rest = texts.length - shown;
  return texts.slice(0, shown).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}
