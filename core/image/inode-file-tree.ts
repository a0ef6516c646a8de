import type { FileTree, TreeEntry } from './file-tree.ts';
import { findName, type Inode, type Name, resolveLinks } from './inode-tree.ts';

/** The files below a root; `follow` is told the length of each link that is followed. */
export function createFileTree(root: Inode, follow: (length: number) => void): FileTree {
  let sorted: readonly TreeEntry[] | undefined;
  return {
    entry(path) {
      const name = findName(root, path.split('/'));
      return name && toTreeEntry(path, name);
    },
    resolve: (path) => resolveLinks(root, path, follow),
    bytes: (path) => findName(root, path.split('/'))?.inode.content,
    facts: (path) => findName(root, path.split('/'))?.inode.facts,
    *earlier(path) {
      const name = findName(root, path.split('/'));
      for (let each = name?.below; each; each = each.below) {
        yield { layer: each.layer, bytes: each.content };
      }
    },
    entries() {
      sorted ??= listEntries(root).sort((a, b) => (a.path < b.path ? -1 : 1));
      return sorted;
    },
  };
}

function listEntries(root: Inode): TreeEntry[] {
  const entries: TreeEntry[] = [];
  const folders: { readonly prefix: string; readonly inode: Inode }[] = [
    { prefix: '', inode: root },
  ];
  for (let folder = folders.pop(); folder; folder = folders.pop()) {
    for (const [part, name] of folder.inode.children ?? []) {
      const path = folder.prefix + part;
      entries.push(toTreeEntry(path, name));
      if (name.inode.children) folders.push({ prefix: `${path}/`, inode: name.inode });
    }
  }
  return entries;
}

function toTreeEntry(path: string, { inode, layer, replaced }: Name): TreeEntry {
  const { type, mode, uid, gid, size, link, capability } = inode;
  return {
    path,
    type,
    mode,
    uid,
    gid,
    size,
    ...(link !== undefined && { link }),
    ...(capability !== undefined && { capability }),
    layer,
    ...(replaced !== undefined && { replaced }),
  };
}
