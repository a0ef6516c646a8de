import { EXTRACTORS_FINGERPRINT } from '../core/extract/fingerprint.ts';
import { decodeSegment } from '../core/fleet/decode-segment.ts';
import { encodeSegment } from '../core/fleet/encode-segment.ts';
import { type FleetIndex, indexInventory } from '../core/fleet/fleet-index.ts';
import { SEGMENT_FORMAT } from '../core/fleet/segment-format.ts';
import { type Digest, digestOf } from '../core/image/digest.ts';
import type { Inventory } from '../core/inventory/inventory.ts';
import { ObjectMissingError, type ObjectStore } from './ports.ts';
import { hexOf } from './stored-objects.ts';

/** What made an index: one that anything else made is made anew, out of the inventories. */
export const INDEX_ENGINE = `${EXTRACTORS_FINGERPRINT}-${SEGMENT_FORMAT.replace('/', '-')}`;

/** Where the segment of one platform digest is kept, beside its inventory. */
export function segmentKey(digest: Digest): string {
  return `fleet/${INDEX_ENGINE}/images/${hexOf(digest)}.segment`;
}

/** As `segmentKey`, beside an inventory that was made of older captures. */
export function olderSegmentKey(digest: Digest): string {
  return `fleet/${INDEX_ENGINE}/older/${hexOf(digest)}.segment`;
}

/** Keeps what the next night has to know of an inventory. */
export async function writeSegment(objects: ObjectStore, inventory: Inventory): Promise<void> {
  const { digest, capture } = inventory;
  const key = capture === undefined ? segmentKey(digest) : olderSegmentKey(digest);
  await objects.put(key, encodeSegment(indexInventory(inventory)));
}

/** Keeps an index under the name of its contents, and gives its key. */
export async function writeBase(objects: ObjectStore, index: FleetIndex): Promise<string> {
  const bytes = encodeSegment(index);
  const key = `fleet/${INDEX_ENGINE}/base/${hexOf(digestOf(bytes))}.segment`;
  await objects.put(key, bytes);
  return key;
}

/** The index at a key; `undefined` if there is none. @throws MalformedObjectError */
export async function findSegment(
  objects: ObjectStore,
  key: string,
): Promise<FleetIndex | undefined> {
  const bytes = await objects.get(key);
  return bytes && decodeSegment(bytes);
}

/** The index at a key that must be there. @throws ObjectMissingError, MalformedObjectError */
export async function readSegment(objects: ObjectStore, key: string): Promise<FleetIndex> {
  const index = await findSegment(objects, key);
  if (!index) throw new ObjectMissingError(key);
  return index;
}
