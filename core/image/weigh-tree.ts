import { NAME_WEIGHT, type Spent } from './image-limits.ts';
import type { Inode } from './inode-tree.ts';

/** What shows of an image so far. A file of several names counts with each. */
export function weighTree(root: Inode): Pick<Spent, 'paths' | 'wantedBytes'> {
  const weight = { paths: 0, wantedBytes: 0 };
  const folders = [{ inode: root, length: 0 }];
  for (let folder = folders.pop(); folder; folder = folders.pop()) {
    for (const [part, { inode }] of folder.inode.children ?? []) {
      const length = folder.length + part.length + 1;
      weight.paths += length + NAME_WEIGHT;
      weight.wantedBytes += inode.content?.length ?? 0;
      if (inode.children) folders.push({ inode, length });
    }
  }
  return weight;
}
