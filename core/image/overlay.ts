import { quote } from '../extract/token.ts';
import type { Capture, LayerEntry, Problem } from './capture.ts';
import { type EarlierState, EarlierStates } from './earlier-states.ts';
import type { FileFacts } from './file-facts.ts';
import type { FileTree, TreeEntry } from './file-tree.ts';
import { giveRights } from './give-rights.ts';
import { hideChildren, hideName, type LostNames } from './hide-names.ts';
import {
  Budget,
  EARLIER_BYTES,
  IMAGE_LIMITS,
  type ImageLimits,
  NAME_WEIGHT,
  PATH_LIMIT,
} from './image-limits.ts';
import { createFileTree } from './inode-file-tree.ts';
import { createDirectory, findName, type Inode, type Name, resolveFolder } from './inode-tree.ts';
import { replacedBy } from './replaced-by.ts';
import { isWanted } from './wanted-files.ts';
import { weighTree } from './weigh-tree.ts';

const WHITEOUT = '.wh.';
const OPAQUE = '.wh..wh..opq';

interface Overlay {
  readonly root: ReturnType<typeof createDirectory>;
  readonly budget: Budget;
  readonly earlier: EarlierStates;
  readonly problems: Problem[];
  /** Files that are wanted where they came to lie, which is not where they lay in their layer: were they kept? */
  readonly moved: { readonly path: string; readonly inode: Inode }[];
  layers: number;
  readonly lost: LostNames;
}

/** The layers of an image over each other. */
export interface MergedLayers {
  readonly tree: FileTree;
  /** Those of the captures, then those of the merge. */
  readonly problems: readonly Problem[];
}

/** An image laid up layer by layer: of a layer that is laid nothing is held but what shows. */
export interface LayerStack {
  /** Lays one layer more on top. @throws TooLargeError when the image is above a limit */
  add(capture: Capture): void;
  /** The image; nothing may be added afterwards. */
  finish(): MergedLayers;
}

/**
 * Lays the layers of an image over each other, the lowest first, as OCI image-spec layer.md
 * says, and where it says nothing as umoci unpacks: an entry below a folder that is a link
 * lands in the link's target, an entry for the folder itself replaces the link. What an
 * unpacker would refuse is left out and is a problem. The problems of the captures come
 * first, then those of the merge.
 *
 * @throws TooLargeError; looking up paths in the tree throws it too, when they lead over links without end
 */
export function mergeLayers(captures: readonly Capture[]): MergedLayers {
  const stack = createLayerStack();
  for (const capture of captures) stack.add(capture);
  return stack.finish();
}

/** As `mergeLayers`, for layers that come one after the other. */
export function createLayerStack(limits: ImageLimits = IMAGE_LIMITS): LayerStack {
  const met: Problem[] = [];
  const budget = new Budget(limits);
  const overlay: Overlay = {
    root: createDirectory(),
    budget,
    earlier: new EarlierStates(EARLIER_BYTES),
    problems: [],
    moved: [],
    layers: 0,
    lost: { count: 0 },
  };
  return {
    add(capture) {
      met.push(...capture.problems);
      addLayer(overlay, capture);
    },
    finish() {
      reportMissing(overlay);
      const { root, problems } = overlay;
      // What was followed until now is over; those who look at the tree have as much once more.
      budget.spent.links = 0;
      const tree = createFileTree(root, (length) => budget.spend('links', length));
      return { tree, problems: [...met, ...problems] };
    },
  };
}

function addLayer(overlay: Overlay, capture: Capture): void {
  const { budget } = overlay;
  budget.spend('entries', capture.entries.length);
  const contents = contentsByEntry(capture);
  capture.entries.forEach((entry, index) => {
    applyEntry(overlay, entry, overlay.layers, contents.get(index) ?? NOTHING_KEPT);
  });
  overlay.layers += 1;
  for (const content of Object.values(capture.files)) {
    budget.spent.wantedBytes += Buffer.byteLength(content, 'base64');
  }
  const { spent, limits } = budget;
  if (spent.wantedBytes <= limits.wantedBytes && spent.paths <= limits.paths) return;
  // Much of what was brought may be hidden.
  Object.assign(spent, weighTree(overlay.root));
  budget.spend('wantedBytes', 0);
  budget.spend('paths', 0);
}

/** What is known of a file beside its entry. */
interface Kept {
  readonly content?: Buffer;
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
      const text = Object.hasOwn(files, path) ? files[path] : undefined;
      const content = text === undefined ? undefined : Buffer.from(text, 'base64');
      const told = Object.hasOwn(facts, path) ? facts[path] : undefined;
      return [index, { ...(content && { content }), ...(told && { facts: told }) }];
    }),
  );
}

function applyEntry(overlay: Overlay, entry: LayerEntry, layer: number, kept: Kept): void {
  const slash = entry.path.lastIndexOf('/');
  const name = entry.path.slice(slash + 1);
  const folder = findFolder(overlay, entry.path.slice(0, Math.max(slash, 0)));
  const at = folder && [...folder, name].join('/');
  if (!folder || at === undefined) {
    report(overlay, entry, 'its folder is a circle of links');
  } else if (at.length > PATH_LIMIT) {
    report(overlay, entry, `links lead it to a path of ${at.length} characters`);
  } else if (name.startsWith(WHITEOUT)) {
    applyWhiteout(overlay, entry, folder, name, layer);
  } else if (entry.type === 'hardlink') {
    applyHardLink(overlay, entry, [...folder, name], layer);
  } else if (entry.type === 'symlink' && !entry.link) {
    report(overlay, entry, 'a symbolic link to nothing');
  } else {
    const path = [...folder, name];
    const inode = place(overlay, { ...entry, type: entry.type }, path, layer, kept);
    if (at !== entry.path) noteMove(overlay, at, inode);
  }
}

function findFolder({ root, budget }: Overlay, path: string): string[] | undefined {
  return resolveFolder(root, path, (length) => budget.spend('links', length));
}

function noteMove({ moved }: Overlay, path: string, inode: Inode): void {
  if (inode.type === 'file' && isWanted(path)) moved.push({ path, inode });
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
  if (name === OPAQUE) hideChildren(overlay.lost, parent, layer);
  else if (parent) hideName(overlay.lost, parent, hidden, layer);
}

/** link(2) under the root: the last part of the target is not followed, folders have no second name. */
function applyHardLink(overlay: Overlay, entry: LayerEntry, path: string[], layer: number): void {
  const target = entry.link ?? '';
  const slash = target.lastIndexOf('/');
  const folder = findFolder(overlay, target.slice(0, Math.max(slash, 0)));
  const inode = folder && findName(overlay.root, [...folder, target.slice(slash + 1)])?.inode;
  if (!inode) {
    report(overlay, entry, `hard link to ${quote(target)}, which is not there`);
  } else if (inode.type === 'directory') {
    report(overlay, entry, `hard link to the folder ${quote(target)}`);
  } else {
    giveRights(inode, entry);
    setName(overlay, entry, path, { inode, layer, touched: layer });
    noteMove(overlay, path.join('/'), inode);
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
  const { budget, earlier } = overlay;
  let parent: Inode = overlay.root;
  let length = 0;
  for (const part of path.slice(0, -1)) {
    length += part.length + 1;
    let folder = parent.children?.get(part);
    if (!folder?.inode.children) {
      // umoci refuses such a layer; where each layer is unpacked by itself the folder wins.
      if (folder) report(overlay, entry, `its folder ${quote(part)} was a file`);
      const { layer, touched } = name;
      folder = putName(earlier, parent, part, { inode: createDirectory(), layer, touched });
      budget.spend('paths', length + NAME_WEIGHT, 2);
    }
    folder.touched = name.touched;
    parent = folder.inode;
  }
  const last = path.at(-1) ?? '';
  if (!parent.children?.has(last)) budget.spend('paths', length + last.length + NAME_WEIGHT, 2);
  putName(earlier, parent, last, name);
}

/** Names something in a folder, with what is to be known of what stood there. */
function putName(earlier: EarlierStates, folder: Inode, part: string, name: Name): Name {
  const before = folder.children?.get(part);
  const below = whatStoodBelow(earlier, before, name);
  const replaced = replacedBy(name, before, folder, part);
  const put = { ...name, ...(below && { below }), ...(replaced !== undefined && { replaced }) };
  folder.children?.set(part, put);
  return put;
}

/** Of what a name stood for before: the kept file of a lower layer, if it is one again. */
function whatStoodBelow(
  earlier: EarlierStates,
  before: Name | undefined,
  { inode, layer }: Name,
): EarlierState | undefined {
  const content = before?.inode.content;
  if (inode.content === undefined || !before || content === undefined) return undefined;
  return before.layer === layer ? before.below : earlier.hold(before.layer, content, before.below);
}

/** A file that became wanted only by where the links put it was not kept: say so. */
function reportMissing({ root, problems, moved }: Overlay): void {
  for (const { path, inode } of moved) {
    if (inode.content !== undefined) continue;
    if (findName(root, path.split('/'))?.inode !== inode) continue;
    problems.push({ path, reason: 'not kept: it stands under another path in its layer' });
  }
}

function report({ problems }: Overlay, { path }: LayerEntry, reason: string): void {
  problems.push({ path, reason });
}
