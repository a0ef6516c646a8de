import { closeSync, mkdtempSync, openSync, readSync, rmSync, unlinkSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkRange } from '../../core/java/archive-bytes.ts';
import type { Scratch } from '../../core/java/archive-probe.ts';

/** Files up to so many bytes are kept in memory. */
const MEMORY_LIMIT = 16 * 1024 * 1024;
/** Read at once of a file that was put down; its directory is walked in small steps. */
const WINDOW = 256 * 1024;

/** Room for files of which the end has to be seen before they can be read. */
export interface ScratchRoom {
  open(size: number): Scratch;
  /** Removes what is left of them: after an error too. */
  close(): void;
}

/** Small files stay in memory, each larger one becomes a file in a folder of our own, made when it is needed. */
export function createScratchRoom(memoryLimit = MEMORY_LIMIT): ScratchRoom {
  let folder: string | undefined;
  const files = new Set<Scratch>();
  return {
    open(size) {
      if (size <= memoryLimit) return createMemoryScratch(size);
      folder ??= mkdtempSync(join(tmpdir(), 'tidewatch-layer-'));
      const file = createFileScratch(join(folder, 'archive'), size);
      const scratch: Scratch = {
        ...file,
        close() {
          if (files.delete(scratch)) file.close();
        },
      };
      files.add(scratch);
      return scratch;
    },
    close() {
      for (const each of files) each.close();
      if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
      folder = undefined;
    },
  };
}

function createMemoryScratch(size: number): Scratch {
  let bytes: Buffer = Buffer.allocUnsafe(size);
  let filled = 0;
  return {
    size,
    write(piece) {
      filled += piece.copy(bytes, filled);
    },
    read(start, length) {
      checkRange(start, length, filled);
      return bytes.subarray(start, start + length);
    },
    close() {
      bytes = Buffer.alloc(0);
      filled = 0;
    },
  };
}

function createFileScratch(path: string, size: number): Scratch {
  const file = openSync(path, 'wx+', 0o600);
  // Without a name it goes with the process, however that ends.
  unlinkSync(path);
  let written = 0;
  let begin = 0;
  let window: Buffer = Buffer.alloc(0);
  return {
    size,
    write(piece) {
      for (let at = 0; at < piece.length; ) at += writeSync(file, piece, at);
      written += piece.length;
    },
    read(start, length) {
      checkRange(start, length, written);
      if (start < begin || start + length > begin + window.length) {
        window = readFully(file, start, Math.min(Math.max(length, WINDOW), written - start));
        begin = start;
      }
      return window.subarray(start - begin, start - begin + length);
    },
    close: () => closeSync(file),
  };
}

function readFully(file: number, start: number, length: number): Buffer {
  // A new one each time: parts of the last may still be in use.
  const bytes = Buffer.allocUnsafe(length);
  for (let at = 0; at < length; ) {
    const read = readSync(file, bytes, at, length - at, start + at);
    if (read === 0) throw new RangeError(`the file ends at ${start + at}`);
    at += read;
  }
  return bytes;
}
