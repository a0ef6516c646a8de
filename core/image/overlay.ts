import type { Capture, LayerEntry, Problem } from './capture.ts';
import type { FileFacts } from './file-facts.ts';
import type { FileTree, TreeEntry } from './file-tree.ts';
import {
  createDirectory,
  findName,
  type Inode,
  type Name,
  resolveFolder,
  resolveLinks,
} from './inode-tree.ts';
import { isWanted } from './wanted-files.ts';

const WHITEOUT = '.wh.';
const OPAQUE = '.wh..wh..opq';

interface Overlay {
  readonly root: ReturnType<typeof createDirectory>;
  readonly problems: Problem[];
  /** Files whose path differs from the one they had in their layer: were they kept? */
  readonly moved: { readonly path: string; readonly inode: Inode }[];
}

/**
 * Lays the layers of an image over each other, the lowest first, as OCI image-spec layer.md
 * says, and where it says nothing as umoci unpacks: an entry below a folder that is a link
 * lands in the link's target, an entry for the folder itself replaces the link. What an
 * unpacker would refuse is left out and is a problem. The problems of the captures come
 * first, then those of the merge.
 */
export function mergeLayers(captures: readonly Capture[]): {
  readonly tree: FileTree;
  readonly problems: Problem[];
} {
  const overlay: Overlay = {
    root: createDirectory(),
    problems: captures.flatMap((capture) => capture.problems),
    moved: [],
  };
  captures.forEach((capture, layer) => {
    const contents = contentsByEntry(capture);
    capture.entries.forEach((entry, index) => {
      applyEntry(overlay, entry, layer, contents.get(index) ?? NOTHING_KEPT);
    });
  });
  reportMissing(overlay);
  return { tree: createFileTree(overlay.root), problems: overlay.problems };
}

/** What is known of a file beside its entry. */
interface Kept {
  /** Bytes, base64. */
  readonly content?: string;
  readonly facts?: FileFacts;
}

const NOTHING_KEPT: Kept = {};

/** What was kept by index of its entry: of a path that occurs twice in a layer, the last has it. */
function contentsByEntry({ entries, files, facts }: Capture): Map<number, Kept> {
  const last = new Map<string, number>();
  entries.forEach(({ path, type }, index) => {
    if (type !== 'file') return;
    if (Object.hasOwn(files, path) || Object.hasOwn(facts, path)) last.set(path, index);
  });
  return new Map(
    [...last].map(([path, index]) => {
      const content = Object.hasOwn(files, path) ? files[path] : undefined;
      const told = Object.hasOwn(facts, path) ? facts[path] : undefined;
      return [index, { ...(content !== undefined && { content }), ...(told && { facts: told }) }];
    }),
  );
}

function applyEntry(overlay: Overlay, entry: LayerEntry, layer: number, kept: Kept): void {
  const slash = entry.path.lastIndexOf('/');
  const name = entry.path.slice(slash + 1);
  const folder = resolveFolder(overlay.root, entry.path.slice(0, Math.max(slash, 0)));
  if (!folder) {
    report(overlay, entry, 'its folder is a circle of links');
  } else if (name.startsWith(WHITEOUT)) {
    applyWhiteout(overlay, entry, folder, name, layer);
  } else if (entry.type === 'hardlink') {
    applyHardLink(overlay, entry, [...folder, name], layer);
  } else if (entry.type === 'symlink' && !entry.link) {
    report(overlay, entry, 'a symbolic link to nothing');
  } else {
    const path = [...folder, name];
    const inode = place(overlay, { ...entry, type: entry.type }, path, layer, kept);
    const at = path.join('/');
    if (at !== entry.path) overlay.moved.push({ path: at, inode });
  }
}

/** layer.md#whiteouts: hides what lower layers brought, whatever the order in its own layer. */
function applyWhiteout(
  overlay: Overlay,
  entry: LayerEntry,
  folder: readonly string[],
  name: string,
  layer: number,
): void {
  const hidden = name.slice(WHITEOUT.length);
  // As a path these would be the folder itself or the one above it.
  if (hidden === '' || hidden === '.' || hidden === '..') {
    report(overlay, entry, 'a whiteout of no name');
    return;
  }
  const parent = folder.length === 0 ? overlay.root : findName(overlay.root, folder)?.inode;
  if (name === OPAQUE) hideChildren(parent, layer);
  else hideName(parent?.children, hidden, layer);
}

function hideChildren(inode: Inode | undefined, layer: number): void {
  for (const name of inode?.children?.keys() ?? []) hideName(inode?.children, name, layer);
}

function hideName(children: Map<string, Name> | undefined, name: string, layer: number): void {
  const found = children?.get(name);
  if (found?.touched === layer) hideChildren(found.inode, layer);
  else children?.delete(name);
}

/** link(2) under the root: the last part of the target is not followed, folders have no second name. */
function applyHardLink(overlay: Overlay, entry: LayerEntry, path: string[], layer: number): void {
  const target = entry.link ?? '';
  const slash = target.lastIndexOf('/');
  const folder = resolveFolder(overlay.root, target.slice(0, Math.max(slash, 0)));
  const inode = folder && findName(overlay.root, [...folder, target.slice(slash + 1)])?.inode;
  if (!inode) {
    report(overlay, entry, `hard link to ${JSON.stringify(target)}, which is not there`);
  } else if (inode.type === 'directory') {
    report(overlay, entry, `hard link to the folder ${JSON.stringify(target)}`);
  } else {
    setName(overlay, entry, path, { inode, layer, touched: layer });
    overlay.moved.push({ path: path.join('/'), inode });
  }
}

function place(
  overlay: Overlay,
  entry: LayerEntry & { readonly type: TreeEntry['type'] },
  path: readonly string[],
  layer: number,
  kept: Kept,
): Inode {
  const { type, mode, uid, gid, size, link, capability } = entry;
  const existing = findName(overlay.root, path);
  if (type === 'directory' && existing?.inode.type === 'directory') {
    // Two folders become one with the upper's attributes (layer.md#changeset-over-existing-files).
    Object.assign(existing.inode, { mode, uid, gid });
    setName(overlay, entry, path, { inode: existing.inode, layer, touched: layer });
    return existing.inode;
  }
  const inode: Inode = {
    type,
    mode,
    uid,
    gid,
    size,
    ...(link !== undefined && { link }),
    ...(capability !== undefined && { capability }),
    ...kept,
    ...(type === 'directory' && { children: new Map() }),
  };
  setName(overlay, entry, path, { inode, layer, touched: layer });
  return inode;
}

/** Points a path at an inode; folders that no entry described are made on the way. */
function setName(overlay: Overlay, entry: LayerEntry, path: readonly string[], name: Name): void {
  let children = overlay.root.children;
  for (const part of path.slice(0, -1)) {
    let folder = children.get(part);
    if (!folder?.inode.children) {
      // umoci refuses such a layer; where each layer is unpacked by itself the folder wins.
      if (folder) report(overlay, entry, `its folder ${JSON.stringify(part)} was a file`);
      folder = { inode: createDirectory(), layer: name.layer, touched: name.touched };
      children.set(part, folder);
    }
    folder.touched = name.touched;
    children = folder.inode.children ?? children;
  }
  children.set(path.at(-1) ?? '', name);
}

/** A file that became wanted only by where the links put it was not kept: say so. */
function reportMissing({ root, problems, moved }: Overlay): void {
  for (const { path, inode } of moved) {
    if (inode.type !== 'file' || inode.content !== undefined || !isWanted(path)) continue;
    if (findName(root, path.split('/'))?.inode !== inode) continue;
    problems.push({ path, reason: 'not kept: it stands under another path in its layer' });
  }
}

function report({ problems }: Overlay, { path }: LayerEntry, reason: string): void {
  problems.push({ path, reason });
}

function createFileTree(root: Inode): FileTree {
  let sorted: readonly TreeEntry[] | undefined;
  return {
    entry(path) {
      const name = findName(root, path.split('/'));
      return name && toTreeEntry(path, name);
    },
    resolve: (path) => resolveLinks(root, path),
    bytes(path) {
      const content = findName(root, path.split('/'))?.inode.content;
      return content === undefined ? undefined : Buffer.from(content, 'base64');
    },
    facts: (path) => findName(root, path.split('/'))?.inode.facts,
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

function toTreeEntry(path: string, { inode, layer }: Name): TreeEntry {
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
  };
}
