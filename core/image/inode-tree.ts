import type { EarlierState } from './earlier-states.ts';
import type { FileFacts } from './file-facts.ts';
import type { TreeEntry } from './file-tree.ts';

/** A file, folder or link that one or more names (hard links) point to. */
export interface Inode {
  type: TreeEntry['type'];
  mode: number;
  uid: number;
  gid: number;
  /** Bytes. */
  size: number;
  /** A symlink's text. */
  link?: string;
  /** A kept file's bytes. */
  content?: Buffer;
  /** What is told of a file. */
  facts?: FileFacts;
  /** `security.capability`, hex. */
  capability?: string;
  /** The last layer whose whiteouts have taken from a directory what lower layers brought. */
  cleared?: number;
  /** Names that layers have taken from a directory, and nothing since has; `any` where it is not known which. */
  lost?: Set<string> | 'any';
  /** A directory's names. */
  readonly children?: Map<string, Name>;
}

/** A name in a directory. */
export interface Name {
  readonly inode: Inode;
  /** The layer that brought this name. */
  layer: number;
  /** The last layer that brought this name or one below it: its whiteouts spare it. */
  touched: number;
  /** What a kept file was in a layer below, which this one has written anew. */
  below?: EarlierState;
  /** As in `TreeEntry`. */
  readonly replaced?: number;
}

/** Linux's limit of links followed in one look-up (path_resolution(7)). */
const KERNEL_LINK_LIMIT = 40;

/** The unpackers' limit (filepath-securejoin), beyond which they give up. */
const UNPACKER_LINK_LIMIT = 255;

/** A directory with the attributes that unpackers give to those no entry describes. */
export function createDirectory(): Inode & { readonly children: Map<string, Name> } {
  return { type: 'directory', mode: 0o755, uid: 0, gid: 0, size: 0, children: new Map() };
}

/** The name at a path, links not followed; `undefined` for the root, which has none. */
export function findName(root: Inode, parts: readonly string[]): Name | undefined {
  let name: Name | undefined;
  for (const part of parts) {
    name = (name?.inode ?? root).children?.get(part);
    if (!name) return undefined;
  }
  return name;
}

/**
 * Where an unpacker would put what stands in a folder of this path: links on the way
 * are followed, `..` stays below the root, and what is missing is taken as written
 * (filepath-securejoin, which umoci uses). `undefined` when the links go in a circle.
 */
export function resolveFolder(root: Inode, path: string, follow: Follow): string[] | undefined {
  const walk = startWalk(root, path, follow);
  for (let part = walk.pending.pop(); part !== undefined; part = walk.pending.pop()) {
    enter(walk, part);
    if (walk.links > UNPACKER_LINK_LIMIT) return undefined;
  }
  return walk.names;
}

/**
 * The path after following every link, as the kernel would under this root
 * (path_resolution(7)): what a path runs through must be a directory, even before `..` or
 * a closing slash. `undefined` when it dangles, circles, or runs through a file.
 */
export function resolveLinks(root: Inode, path: string, follow: Follow): string | undefined {
  const walk = startWalk(root, path, follow);
  for (let part = walk.pending.pop(); part !== undefined; part = walk.pending.pop()) {
    if (!walk.inodes.at(-1)?.children) return undefined;
    enter(walk, part);
    if (!walk.inodes.at(-1) || walk.links > KERNEL_LINK_LIMIT) return undefined;
  }
  return walk.names.join('/');
}

/** Is told the length of each link that is followed, and may put an end to it by throwing. */
type Follow = (length: number) => void;

/** A look-up under way. */
interface Walk {
  readonly follow: Follow;
  readonly names: string[];
  /** The root, then one for each name; `undefined` where nothing is. */
  readonly inodes: (Inode | undefined)[];
  /** Parts still to walk, the next one last. */
  readonly pending: string[];
  links: number;
}

function startWalk(root: Inode, path: string, follow: Follow): Walk {
  return { follow, names: [], inodes: [root], pending: path.split('/').reverse(), links: 0 };
}

function enter(walk: Walk, part: string): void {
  if (part === '' || part === '.') return;
  if (part === '..') {
    // The root's parent is the root.
    if (walk.names.pop() !== undefined) walk.inodes.pop();
    return;
  }
  const inode = walk.inodes.at(-1)?.children?.get(part)?.inode;
  if (inode?.link === undefined) {
    walk.names.push(part);
    walk.inodes.push(inode);
  } else {
    enterLink(walk, inode.link);
  }
}

function enterLink(walk: Walk, link: string): void {
  walk.follow(link.length + 1);
  walk.links += 1;
  if (link.startsWith('/')) {
    walk.names.length = 0;
    walk.inodes.length = 1;
  }
  walk.pending.push(...link.split('/').reverse());
}
