import type { Capture } from '../image/capture.ts';
import type { Digest } from '../image/digest.ts';
import type { FileTree } from '../image/file-tree.ts';

/** A private key that a layer holds though the image does not show it: whoever pulls the layer has it. */
export interface BuriedKey {
  /** In the layer. */
  readonly path: string;
  /** What its PEM says that it is. */
  readonly label: string;
  readonly layer: Digest;
}

/** More of them say no more. */
const MAX_KEYS = 20;

/** Finds the private keys that a later layer deleted or wrote over, the lowest layer first, by path. */
export function findBuriedKeys(captures: readonly Capture[], tree: FileTree): BuriedKey[] {
  return captures
    .flatMap(({ facts, diffId }) =>
      Object.entries(facts)
        .flatMap(([path, { privateKey }]) =>
          privateKey === undefined ? [] : [{ path, label: privateKey, layer: diffId }],
        )
        .sort((left, right) => (left.path < right.path ? -1 : 1)),
    )
    .filter(({ path }) => !isShown(tree, path))
    .slice(0, MAX_KEYS);
}

function isShown(tree: FileTree, path: string): boolean {
  const slash = path.lastIndexOf('/');
  // Below a folder that is a link the file lies where the link leads.
  const folder = tree.resolve(path.slice(0, Math.max(slash, 0)));
  if (folder === undefined) return false;
  const real = folder === '' ? path.slice(slash + 1) : `${folder}${path.slice(slash)}`;
  return tree.facts(real)?.privateKey !== undefined;
}
