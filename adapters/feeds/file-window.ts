import type { FileHandle } from 'node:fs/promises';

/** Reads small parts of a file in few large reads. */
export interface Window {
  /** Bytes `start` to `start + length`. @throws RangeError when the file is shorter */
  read(start: number, length: number): Promise<Buffer>;
}

/** Bytes read at once; neighbours are served from memory. */
const WINDOW_SIZE = 1024 * 1024;

/** A window on an open file of `size` bytes. */
export function createWindow(file: FileHandle, size: number): Window {
  let begin = 0;
  let bytes: Buffer = Buffer.alloc(0);
  return {
    async read(start, length) {
      if (start < 0 || start + length > size) {
        throw new RangeError(`bytes ${start} to ${start + length} of ${size}`);
      }
      if (start < begin || start + length > begin + bytes.length) {
        // A new buffer each time: parts of the last one may still be in use.
        bytes = await readFully(file, start, Math.min(Math.max(length, WINDOW_SIZE), size - start));
        begin = start;
      }
      return bytes.subarray(start - begin, start - begin + length);
    },
  };
}

async function readFully(file: FileHandle, start: number, length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(length);
  for (let at = 0; at < length; ) {
    const { bytesRead } = await file.read(bytes, at, length - at, start + at);
    if (bytesRead === 0) throw new RangeError(`the file ends at ${start + at}`);
    at += bytesRead;
  }
  return bytes;
}
