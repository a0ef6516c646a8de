import type { ImageFacts } from '../change/items.ts';

/** Format of a stored index; raised whenever another reading of the same bytes would be right. */
export const SEGMENT_FORMAT = 'fleet/1';

/** A segment begins with its format, so that code that does not know it can say so; all that follows is compressed. */
export const SEGMENT_START = Buffer.from(`tidewatch ${SEGMENT_FORMAT}\n`);

/** Bytes of a digest without its algorithm. */
export const DIGEST_BYTES = 32;

/** The algorithm, which is the only one. */
export const DIGEST_PREFIX = 'sha256:';

const LEAST_CHUNK = 4 * 1024;
const LARGEST_CHUNK = 8 * 1024 * 1024;

/** What zlib is to hand out at once, where so many bytes are expected: of pieces of 16 KiB, its own choice, a large index has thousands. */
export function chunkFor(bytes: number): number {
  return Math.min(Math.max(bytes, LEAST_CHUNK), LARGEST_CHUNK);
}

/** What of a segment is text. */
export interface SegmentTexts {
  readonly facts: readonly ImageFacts[];
  /** Each once. */
  readonly strings: readonly string[];
}
