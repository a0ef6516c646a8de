import type { FileFacts } from './file-facts.ts';
import type { Inode, Name } from './inode-tree.ts';

/** Told by content alone; whether a script's first line is told depends on its mode. */
const TOLD = ['elf', 'jars', 'eggInfo', 'foreign', 'shebang'] as const;

/**
 * What `TreeEntry.replaced` is to say of a name that is put into a folder, in the place of what stood there before
 * (`undefined`: nothing). A folder in the place of another one is marked: what stood in that is not known any more.
 */
export function replacedBy(
  { inode, layer }: Name,
  before: Name | undefined,
  { lost }: Inode,
  part: string,
): number | undefined {
  if (before && isSameFile(inode, before.inode)) return before.replaced;
  if (!before && lost !== 'any' && !lost?.has(part)) return undefined;
  if (inode.children) inode.lost = 'any';
  return layer;
}

/**
 * Whether a file of an upper layer is that of a lower one, as far as is kept of them: a change of mode or owner copies
 * the whole file up. Captures hold no sums: one of the same size of which the same is told is taken for the same.
 */
function isSameFile(upper: Inode, lower: Inode): boolean {
  if (upper === lower) return true;
  if (upper.type !== lower.type || upper.link !== lower.link || upper.size !== lower.size) {
    return false;
  }
  // A directory that came in the place of another has nothing of it.
  if (upper.type === 'directory') return false;
  if (upper.content && lower.content) return upper.content.equals(lower.content);
  return TOLD.every((what) => isSaid(what, upper.facts, lower.facts));
}

/** What is told of one of them only, older captures do not tell of the other. */
function isSaid(
  what: (typeof TOLD)[number],
  upper: FileFacts | undefined,
  lower: FileFacts | undefined,
): boolean {
  const [here, there] = [upper?.[what], lower?.[what]];
  if (here === undefined || there === undefined) return true;
  return JSON.stringify(here) === JSON.stringify(there);
}
