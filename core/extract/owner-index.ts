import type { FileTree } from '../image/file-tree.ts';
import type { OwnedFile } from './extractor.ts';

/**
 * Finds the OS package whose file a path is. Package managers list paths as they were
 * packed (`lib/python3/x`), the tree holds them where they really lie (`usr/lib/python3/x`):
 * both are compared after following links of the folders. Of two owners the first counts.
 */
export function createOwnerIndex(
  tree: FileTree,
  owned: readonly OwnedFile[],
): (path: string) => string | null {
  const realFolder = createFolderResolver(tree);
  const owners = new Map<string, string>();
  for (const { path, owner } of owned) {
    const real = realFolder(path);
    if (!owners.has(real)) owners.set(real, owner);
  }
  return (path) => owners.get(realFolder(path)) ?? null;
}

/** Follows the links of a path's folder, not the last part: an owned link is not the file it leads to. */
export function createFolderResolver(tree: FileTree): (path: string) => string {
  const known = new Map<string, string>();
  return (path) => {
    const slash = path.lastIndexOf('/');
    if (slash < 0) return path;
    const folder = path.slice(0, slash);
    let real = known.get(folder);
    if (real === undefined) {
      real = tree.resolve(folder) ?? folder;
      known.set(folder, real);
    }
    return real === '' ? path.slice(slash + 1) : real + path.slice(slash);
  };
}
