import type { Reading } from '../zip/zip-directory.ts';

/** All bytes of an archive, wherever they are kept. */
export interface ArchiveBytes {
  readonly size: number;
  /** Bytes `start` to `start + length`. @throws RangeError when there are none */
  read(start: number, length: number): Buffer;
}

/** An archive that is in memory. */
export function inMemory(bytes: Buffer): ArchiveBytes {
  return {
    size: bytes.length,
    read(start, length) {
      checkRange(start, length, bytes.length);
      return bytes.subarray(start, start + length);
    },
  };
}

/** A stretch of an archive that is one itself: stored, not packed. */
export function within(bytes: ArchiveBytes, offset: number, size: number): ArchiveBytes {
  checkRange(offset, size, bytes.size);
  return {
    size,
    read(start, length) {
      checkRange(start, length, size);
      return bytes.read(offset + start, length);
    },
  };
}

/** @throws RangeError for what does not lie within `size` bytes */
export function checkRange(start: number, length: number, size: number): void {
  if (start < 0 || length < 0 || start + length > size) {
    throw new RangeError(`bytes ${start} to ${start + length} of ${size}`);
  }
}

/** Reads a part of an archive. @throws Error for what is none */
export function drive<Result>(reading: Reading<Result>, bytes: ArchiveBytes): Result {
  let step = reading.next();
  while (!step.done) step = reading.next(bytes.read(step.value.start, step.value.length));
  return step.value;
}
