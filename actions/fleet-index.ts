import { compact } from '../core/fleet/compact.ts';
import { type FleetIndex, indexInventory } from '../core/fleet/fleet-index.ts';
import type { Digest } from '../core/image/digest.ts';
import type { IndexedImage } from '../core/inventory/inventory.ts';
import type { Run, StoredIndex } from '../core/run/run.ts';
import {
  findSegment,
  INDEX_ENGINE,
  olderSegmentKey,
  segmentKey,
  writeBase,
} from './fleet-segments.ts';
import { findIndexedImage, readInventory } from './index-image.ts';
import { ObjectMissingError, type ObjectStore } from './ports.ts';
import { mapLimited } from './stored-objects.ts';

/** Objects read at once. */
const READS_AT_ONCE = 16;

/** An index that some night has kept. */
export interface KeptIndex extends StoredIndex {
  readonly index: FleetIndex;
}

/**
 * The index that a run has left; `undefined` when there is none that today's code would
 * make, or it is gone: all of it can be made again.
 *
 * @throws MalformedObjectError
 */
export async function findBase(
  objects: ObjectStore,
  run: Pick<Run, 'index'> | undefined,
): Promise<KeptIndex | undefined> {
  if (run?.index?.engine !== INDEX_ENGINE) return undefined;
  const { key, engine } = run.index;
  const index = await findSegment(objects, key);
  return index && { key, engine, index };
}

/** Finds the platforms of images: those that the base knows without another question. */
export async function findImages(
  objects: ObjectStore,
  base: KeptIndex | undefined,
  digests: readonly Digest[],
): Promise<ReadonlyMap<Digest, IndexedImage>> {
  const known = new Map(base?.index.images.map((image) => [image.digest, image]));
  const found = await mapLimited(
    digests,
    READS_AT_ONCE,
    async (digest) => known.get(digest) ?? (await findIndexedImage(objects, digest)),
  );
  return new Map(found.flatMap((image) => (image ? [[image.digest, image]] : [])));
}

/** What tonight's index is to hold. */
export interface IndexedFleet {
  readonly images: ReadonlyMap<Digest, IndexedImage>;
  /** Platform digests that something points at. */
  readonly digests: ReadonlySet<Digest>;
  /** Of these, those that may be missing: what is only assumed may have been read by older extractors alone. */
  readonly optional: ReadonlySet<Digest>;
}

/**
 * Tonight's index: of the base what something still points at, and what has come since.
 * What is left out can be made again from its inventory. It is written if it is another
 * one, under the name of its contents: whoever dies between two writes leaves nothing wrong.
 *
 * @throws ObjectMissingError for a digest that nobody has indexed; MalformedObjectError
 */
export async function keepIndex(
  objects: ObjectStore,
  base: KeptIndex | undefined,
  { images, digests, optional }: IndexedFleet,
): Promise<KeptIndex> {
  const known = new Set(base?.index.digests);
  const lacking = [...digests].filter((digest) => !known.has(digest)).sort();
  const read = await mapLimited(lacking, READS_AT_ONCE, (digest) =>
    readImage(objects, digest, optional.has(digest)),
  );
  const segments = read.flatMap((each) => each ?? []);
  const renewed = base ? await readRenewed(objects, base.index, digests) : [];
  const isSame = segments.length + renewed.length === 0;
  if (base && isSame && isWhole(base.index, images, digests)) return base;
  // Of a digest that several have, the first counts.
  const parts = [...renewed, ...(base ? [base.index] : []), ...segments];
  const index = compact(parts, { digests, images: images.values() });
  return { key: await writeBase(objects, index), engine: INDEX_ENGINE, index };
}

/** Of the digests that an index knows by older captures. */
export function readByOlder({ digests, facts, factsAt }: FleetIndex): Digest[] {
  const isOlder = facts.map(({ capture }) => capture !== undefined);
  return digests.filter((_, image) => isOlder[factsAt[image] ?? 0]);
}

/** Of what an index knows by older captures, what has been read anew since. */
async function readRenewed(
  objects: ObjectStore,
  index: FleetIndex,
  digests: IndexedFleet['digests'],
): Promise<FleetIndex[]> {
  const older = readByOlder(index).filter((digest) => digests.has(digest));
  const found = await mapLimited(older, READS_AT_ONCE, (digest) =>
    findSegment(objects, segmentKey(digest)),
  );
  return found.flatMap((segment) => segment ?? []);
}

/** Whether an index holds nothing that is not wanted, and knows all images. */
function isWhole(
  index: FleetIndex,
  images: IndexedFleet['images'],
  digests: IndexedFleet['digests'],
): boolean {
  return (
    index.digests.every((digest) => digests.has(digest)) &&
    index.images.length === images.size &&
    index.images.every(({ digest }) => images.has(digest))
  );
}

/** The segment of one digest; without one, what its inventory says. */
async function readImage(
  objects: ObjectStore,
  digest: Digest,
  isOptional: boolean,
): Promise<FleetIndex | undefined> {
  const segment =
    (await findSegment(objects, segmentKey(digest))) ??
    (await findSegment(objects, olderSegmentKey(digest)));
  if (segment) return segment;
  try {
    return indexInventory(await readInventory(objects, digest));
  } catch (error) {
    if (isOptional && error instanceof ObjectMissingError) return undefined;
    throw error;
  }
}
