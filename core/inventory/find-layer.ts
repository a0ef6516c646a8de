import { EXTRACTORS } from '../extract/extractors.ts';
import { readOsRelease } from '../extract/os-release/read-os-release.ts';
import { fileOfPath } from '../image/archive-path.ts';
import type { Capture } from '../image/capture.ts';
import type { FileTree } from '../image/file-tree.ts';
import { mergeLayers } from '../image/overlay.ts';
import type { Package } from './inventory.ts';

/** What of a package says that it is the same one in another layer. */
type Installed = Pick<Package, 'type' | 'name' | 'version' | 'arch' | 'path'>;

/**
 * The layer (its index) that brought a package in this version; `null` when its file is not
 * there. A package database is one file that each layer writes anew, so whoever wrote it last
 * has not brought all that it lists: the layers below are asked whether they had the package.
 */
export async function findLayer(
  captures: readonly Capture[],
  installed: Installed,
): Promise<number | null> {
  let found: number | null = null;
  let top = captures.length;
  while (top > 0) {
    const { tree } = mergeLayers(captures.slice(0, top));
    const entry = tree.entry(fileOfPath(installed.path));
    // The topmost is the image itself, whose inventory has said that the package is there.
    if (!entry || (found !== null && !(await isThere(tree, installed)))) break;
    found = entry.layer;
    top = entry.layer;
  }
  return found;
}

async function isThere(
  tree: FileTree,
  { type, name, version, arch, path }: Installed,
): Promise<boolean> {
  const { distro } = readOsRelease(tree);
  const found = await Promise.all(EXTRACTORS.map((each) => each.extract({ tree, distro })));
  return found
    .flatMap(({ packages }) => packages)
    .some(
      (each) =>
        each.path === path &&
        each.type === type &&
        each.name === name &&
        each.version === version &&
        each.arch === arch,
    );
}
