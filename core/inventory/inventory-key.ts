import { EXTRACTORS_FINGERPRINT } from '../extract/fingerprint.ts';
import type { Digest } from '../image/digest.ts';

/** Where a platform digest's inventory is kept: another set of extractors writes another one. */
export function inventoryKey(digest: Digest): string {
  return `inventories/${EXTRACTORS_FINGERPRINT}/${digest.slice('sha256:'.length)}.json`;
}

/** Where the one is kept that was made of older captures than today's: it serves until there is the other. */
export function olderInventoryKey(digest: Digest): string {
  return `inventories/${EXTRACTORS_FINGERPRINT}-older/${digest.slice('sha256:'.length)}.json`;
}
