import type { KnownBase } from '../inventory/identify-base.ts';
import { descendantOf, identifyBase, osPackagesOf } from '../inventory/identify-base.ts';
import type { Inventory } from '../inventory/inventory.ts';
import type { ImageBase, KnownTag } from './origin.ts';

/** Finds which build of a watched tag an image of one platform was built on, or is. */
export function createBaseFinder(
  tags: readonly KnownTag[],
  platform: string,
): (inventory: Inventory) => ImageBase | null {
  const known = tags.filter((each) => each.platform === platform).flatMap(buildsOf);
  return (inventory) => {
    const itself = known.find(({ platformDigest }) => platformDigest === inventory.digest);
    if (itself) {
      const { image: name, digest, platformDigest } = itself;
      const found = { method: 'layers', confidence: 'high', isItself: true } as const;
      return { name, digest, platformDigest, ...found };
    }
    const found = identifyBase(descendantOf(inventory), known);
    if (!found) return null;
    const { name, digest, method, confidence } = found;
    return {
      name,
      digest,
      platformDigest: found.known?.platformDigest ?? null,
      method,
      confidence,
    };
  };
}

function buildsOf({ image, builds }: KnownTag): KnownBase[] {
  return builds.map(({ digest, platformDigest, diffIds, evidence, packages }) => ({
    image,
    digest,
    platformDigest,
    diffIds,
    evidence,
    osPackages: osPackagesOf(packages),
    isWatched: true,
  }));
}
