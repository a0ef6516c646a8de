import type { Digest } from '../image/digest.ts';

/** Layers of an image, the lowest first, by the digests of their unpacked archives. */
export interface Layered {
  readonly diffIds: readonly Digest[];
}

/**
 * The image that another one was built on: of those whose layers are its lowest, the one with
 * the most; of several with the same layers the first. One with all of its layers is no base,
 * but the same files.
 */
export function findBase<Image extends Layered>(
  { diffIds }: Layered,
  known: readonly Image[],
): Image | undefined {
  return known
    .filter((each) => isBelow(each.diffIds, diffIds))
    .reduce<Image | undefined>(
      (base, each) => (base && base.diffIds.length >= each.diffIds.length ? base : each),
      undefined,
    );
}

function isBelow(base: readonly Digest[], diffIds: readonly Digest[]): boolean {
  return (
    base.length > 0 && base.length < diffIds.length && base.every((id, at) => id === diffIds[at])
  );
}
