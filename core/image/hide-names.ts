import type { Inode } from './inode-tree.ts';

/** Names that were taken away which are remembered; of folders that lose more, it is only known that they did. */
const REMEMBERED = 10_000;

/** Names of an image that layers have taken away, as far as they are remembered. */
export interface LostNames {
  count: number;
}

/** Hides what lower layers brought into a folder. */
export function hideChildren(lost: LostNames, inode: Inode | undefined, layer: number): void {
  // Nothing of lower layers can have come in since.
  if (!inode || inode.cleared === layer) return;
  inode.cleared = layer;
  for (const name of inode.children?.keys() ?? []) hideName(lost, inode, name, layer);
}

/** Hides what lower layers brought under a name of a folder. */
export function hideName(lost: LostNames, folder: Inode, name: string, layer: number): void {
  const found = folder.children?.get(name);
  if (found?.touched === layer) {
    delete found.below;
    hideChildren(lost, found.inode, layer);
  } else if (folder.children?.delete(name)) {
    remember(lost, folder, name);
  }
}

function remember(lost: LostNames, folder: Inode, name: string): void {
  if (folder.lost === 'any' || folder.lost?.has(name)) return;
  if (lost.count >= REMEMBERED) {
    folder.lost = 'any';
    return;
  }
  lost.count += 1;
  folder.lost = (folder.lost ?? new Set()).add(name);
}
