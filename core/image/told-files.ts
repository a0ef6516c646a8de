import type { FileFacts } from './file-facts.ts';
import type { FileTree, TreeEntry } from './file-tree.ts';

/** A regular file of which something is told. */
export interface ToldFile {
  readonly entry: TreeEntry;
  readonly facts: FileFacts;
}

const known = new WeakMap<FileTree, readonly ToldFile[]>();

/** The files of which something is told, by path; found once for all that ask. */
export function toldFiles(tree: FileTree): readonly ToldFile[] {
  let found = known.get(tree);
  if (!found) {
    found = [...tree.entries()].flatMap((entry) => {
      const facts = entry.type === 'file' ? tree.facts(entry.path) : undefined;
      return facts ? [{ entry, facts }] : [];
    });
    known.set(tree, found);
  }
  return found;
}
