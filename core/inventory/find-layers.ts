import type { OwnedFile } from '../extract/extractor.ts';
import { EXTRACTORS } from '../extract/extractors.ts';
import { createFolderResolver } from '../extract/owner-index.ts';
import { packageKey } from '../extract/package-key.ts';
import type { FileTree, TreeEntry } from '../image/file-tree.ts';
import type { Distro, Package } from './inventory.ts';

/** Earlier states of one database that are read, and their bytes in all: more are left unknown. */
const STATES_AT_MOST = 128;
const BYTES_AT_MOST = 64 * 1024 * 1024;

/** What the layers of one database list. */
interface History {
  /** Of its present state. */
  readonly top: number;
  /** Layers and the packages that each one's state lists, the highest first, the top left out. */
  readonly below: readonly { readonly layer: number; readonly keys: ReadonlySet<string> }[];
  /** Whether all states were read. */
  readonly isWhole: boolean;
}

/** What the layers' own states of the databases say of an OS package; `undefined` where that is not known. */
export interface PackageLayers {
  /** Index of the layer that brought it in this version. */
  broughtBy(installed: Package): number | undefined;
  /** Index of the layer since whose state of the database all list it in this version. */
  listedSince(installed: Package): number | undefined;
}

/**
 * The layers of each package.
 * A package database is one file that each layer writes anew, so whoever wrote it last has not brought all
 * that it lists: each layer's own state of it is read, once. What lies in a file of its own came with that file.
 */
export async function findLayers(
  { tree, distro }: { readonly tree: FileTree; readonly distro: Distro | null },
  packages: readonly Package[],
  owned: readonly OwnedFile[],
): Promise<PackageLayers> {
  const histories = new Map<string, History>();
  for (const path of new Set(packages.map((each) => each.path))) {
    const entry = tree.entry(path);
    if (entry) histories.set(path, await readHistory({ tree, distro }, entry));
  }
  const hasFileFrom = createFileLayers(tree, owned);
  const ask =
    (answer: (history: History, installed: Package) => number | undefined) =>
    (installed: Package) => {
      const history = histories.get(installed.path);
      return history && answer(history, installed);
    };
  return {
    broughtBy: ask((history, installed) => layerOf(history, installed, hasFileFrom)),
    listedSince: ask(sinceOf),
  };
}

async function readHistory(
  { tree, distro }: { readonly tree: FileTree; readonly distro: Distro | null },
  { path, layer: top }: TreeEntry,
): Promise<History> {
  const below: { readonly layer: number; readonly keys: ReadonlySet<string> }[] = [];
  let bytesRead = 0;
  for (const { layer, bytes } of tree.earlier(path)) {
    if (!bytes) return { top, below, isWhole: false };
    bytesRead += bytes.length;
    if (below.length === STATES_AT_MOST || bytesRead > BYTES_AT_MOST) {
      return { top, below, isWhole: false };
    }
    below.push({ layer, keys: await readState(path, bytes, distro) });
  }
  return { top, below, isWhole: true };
}

/** What a state of a database lists, by the very extractors that read the last one. */
async function readState(
  path: string,
  bytes: Uint8Array,
  distro: Distro | null,
): Promise<ReadonlySet<string>> {
  const tree = onlyFile(path, bytes);
  const ofOs = EXTRACTORS.filter(({ name }) => name.startsWith('os/'));
  const found = await Promise.all(ofOs.map((each) => each.extract({ tree, distro })));
  return new Set(found.flatMap(({ packages }) => packages).map(keyOf));
}

function keyOf(each: Package): string {
  return `${each.type} ${packageKey(each)}`;
}

type HasFileFrom = (owner: string, layer: number) => boolean;

function sinceOf({ top, below, isWhole }: History, installed: Package): number | undefined {
  const key = keyOf(installed);
  const gap = below.findIndex(({ keys }) => !keys.has(key));
  if (gap < 0) return isWhole ? (below.at(-1)?.layer ?? top) : undefined;
  return below[gap - 1]?.layer ?? top;
}

function layerOf(
  history: History,
  installed: Package,
  hasFileFrom: HasFileFrom,
): number | undefined {
  const { below } = history;
  const key = keyOf(installed);
  const gap = below.findIndex(({ keys }) => !keys.has(key));
  const since = sinceOf(history, installed);
  if (gap < 0) return since;
  /*
   * Below a state without it there may be one with it: it was taken away and brought back, or the
   * layers of an apko image list only what each has itself, and the last one all
   * (https://github.com/chainguard-dev/apko, pkg/build/layers.go). Its files tell the one from the other.
   */
  const alone = below
    .slice(gap)
    .filter(({ layer, keys }) => keys.has(key) && hasFileFrom(installed.name, layer));
  return alone.at(-1)?.layer ?? since;
}

/** Whether a file that a package lists is there as a layer brought it. Read only when somebody asks. */
function createFileLayers(tree: FileTree, owned: readonly OwnedFile[]): HasFileFrom {
  let layersOf: Map<string, Set<number>> | undefined;
  const read = () => {
    const realFolder = createFolderResolver(tree);
    const layers = new Map<string, Set<number>>();
    for (const { path, owner } of owned) {
      const entry = tree.entry(realFolder(path));
      if (!entry || entry.type === 'directory') continue;
      const known = layers.get(owner) ?? new Set();
      layers.set(owner, known.add(entry.layer));
    }
    return layers;
  };
  return (owner, layer) => {
    layersOf ??= read();
    return layersOf.get(owner)?.has(layer) ?? false;
  };
}

/** A tree with nothing but one file, and the folders above it. */
function onlyFile(path: string, bytes: Uint8Array): FileTree {
  const attributes = { mode: 0o644, uid: 0, gid: 0, layer: 0 };
  const file: TreeEntry = { ...attributes, path, type: 'file', size: bytes.length };
  const isAbove = (folder: string) => path.startsWith(`${folder}/`);
  const entry = (at: string): TreeEntry | undefined => {
    if (at === path) return file;
    return isAbove(at) ? { ...attributes, path: at, type: 'directory', size: 0 } : undefined;
  };
  return {
    entry,
    resolve: (at) => entry(at)?.path,
    bytes: (at) => (at === path ? bytes : undefined),
    facts: () => undefined,
    earlier: () => [],
    entries: () => [file],
  };
}
