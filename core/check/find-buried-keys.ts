import type { Capture } from '../image/capture.ts';
import type { Digest } from '../image/digest.ts';
import type { FileTree } from '../image/file-tree.ts';

/** A private key that a layer holds. */
export interface LayerKey {
  /** In the layer. */
  readonly path: string;
  /** What its PEM says that it is. */
  readonly label: string;
  /** The layer's diff id. */
  readonly layer: Digest;
}

/** More of a layer, or of an image, say no more. */
const MAX_KEYS = 50;

/** The private keys of one layer, by path. */
export function keysOfLayer({ facts, diffId }: Capture): LayerKey[] {
  return Object.entries(facts)
    .flatMap(([path, { privateKey }]) =>
      privateKey === undefined ? [] : [{ path, label: privateKey, layer: diffId }],
    )
    .sort((left, right) => (left.path < right.path ? -1 : 1))
    .slice(0, MAX_KEYS);
}

/** Those of the layers' keys that a later layer deleted or wrote over: whoever pulls the layer has them still. */
export function findBuriedKeys(keys: readonly LayerKey[], tree: FileTree): LayerKey[] {
  return keys.filter(({ path }) => !isShown(tree, path)).slice(0, MAX_KEYS);
}

function isShown(tree: FileTree, path: string): boolean {
  const slash = path.lastIndexOf('/');
  // Below a folder that is a link the file lies where the link leads.
  const folder = tree.resolve(path.slice(0, Math.max(slash, 0)));
  if (folder === undefined) return false;
  const real = folder === '' ? path.slice(slash + 1) : `${folder}${path.slice(slash)}`;
  return tree.facts(real)?.privateKey !== undefined;
}
