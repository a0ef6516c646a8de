import type { FileTree } from '../image/file-tree.ts';
import type { OwnedFile } from './extractor.ts';

/** The OS packages whose files paths are. */
export interface OwnerIndex {
  /** The package that a file belongs to. */
  ownerOf(path: string): string | null;
  /** The package whose file a layer has written another over, which no package brought. */
  formerOwnerOf(path: string): string | null;
}

/**
 * Finds the OS package whose file a path is. Package managers list paths as they were
 * packed (`lib/python3/x`), the tree holds them where they really lie (`usr/lib/python3/x`):
 * both are compared after following links of the folders. Of two owners the first counts.
 *
 * What a layer has put in the place of a file is no package's that was there before: no advisory of that
 * speaks of it, and the package manager has never seen it.
 *
 * @param listedSince the last layer that brought a package of this name or changed its version; `undefined`
 *   where that is not known
 */
export function createOwnerIndex(
  tree: FileTree,
  owned: readonly OwnedFile[],
  listedSince: (owner: string) => number | undefined = () => undefined,
): OwnerIndex {
  const realFolder = createFolderResolver(tree);
  const owners = new Map<string, OwnedFile>();
  const others = new Map<string, OwnedFile[]>();
  for (const each of owned) {
    const real = realFolder(each.path);
    const first = owners.get(real);
    if (!first) owners.set(real, each);
    else if (first.owner !== each.owner) others.set(real, [...(others.get(real) ?? []), each]);
  }
  const isSince = ({ owner, listLayer = 0 }: OwnedFile, layer: number) => {
    const since = listedSince(owner);
    return since === undefined || Math.max(since, listLayer) >= layer;
  };
  const find = (path: string) => {
    const real = realFolder(path);
    const first = owners.get(real);
    if (!first) return { owner: null, former: null };
    const replaced = tree.entry(real)?.replaced;
    if (replaced === undefined) return { owner: first.owner, former: null };
    const owner = [first, ...(others.get(real) ?? [])].find((each) => isSince(each, replaced));
    return owner ? { owner: owner.owner, former: null } : { owner: null, former: first.owner };
  };
  return {
    ownerOf: (path) => find(path).owner,
    formerOwnerOf: (path) => find(path).former,
  };
}

/** Follows the links of a path's folder, not the last part: an owned link is not the file it leads to. */
export function createFolderResolver(tree: FileTree): (path: string) => string {
  const known = new Map<string, string>();
  return (path) => {
    const slash = path.lastIndexOf('/');
    if (slash < 0) return path;
    const folder = path.slice(0, slash);
    let real = known.get(folder);
    if (real === undefined) {
      real = tree.resolve(folder) ?? folder;
      known.set(folder, real);
    }
    return real === '' ? path.slice(slash + 1) : real + path.slice(slash);
  };
}
