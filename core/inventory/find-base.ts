import { type Digest, digestOf } from '../image/digest.ts';

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

/** Archives without a file, as builders write them where an instruction changed none: every image may have one. */
const WITHOUT_FILES: ReadonlySet<string> = new Set(
  [1024, 10_240].map((size) => digestOf(Buffer.alloc(size))),
);

function isBelow(base: readonly Digest[], diffIds: readonly Digest[]): boolean {
  const isProper = base.length < diffIds.length && base.some((id) => !WITHOUT_FILES.has(id));
  return isProper && base.every((id, at) => id === diffIds[at]);
}
