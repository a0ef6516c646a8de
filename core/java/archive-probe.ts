import type { FileFacts } from '../image/file-facts.ts';
import { probeEnd } from '../probe/packed.ts';
import type { Probe, ProbedFile } from '../probe/probe.ts';
import type { ArchiveBytes } from './archive-bytes.ts';
import { EGG, JAVA_ARCHIVE, readArchive, readUnnamedArchive } from './read-archive.ts';

/** Bytes of one archive above which it is not read: it is put down somewhere until it has gone by. */
export const ARCHIVE_LIMIT = 512 * 1024 * 1024;

/** Where a file is kept until its end was seen. */
export interface Scratch extends ArchiveBytes {
  write(bytes: Buffer): void;
  /** Lets go of all that was written. */
  close(): void;
}

/** Makes room for a file of so many bytes. */
export type OpenScratch = (size: number) => Scratch;

/** A local file header, or the end of an archive without any (APPNOTE 4.3.7, 4.3.16). */
const BEGINNINGS = ['PK\x03\x04', 'PK\x05\x06'];

/** Whether a file's name says that it is an archive which is read for what is in it. */
export function isArchive({ path }: ProbedFile): boolean {
  return JAVA_ARCHIVE.test(path) || EGG.test(path);
}

/** Takes an archive; of one that is none, or too large, what is wrong. */
export function probeArchive(
  file: ProbedFile,
  head: Buffer,
  open: OpenScratch,
): Probe | FileFacts | undefined {
  if (!BEGINNINGS.includes(head.toString('latin1', 0, 4))) {
    // A program that unpacks itself; anything else is no archive, whatever its name says.
    const isBehind =
      head.toString('latin1', 0, 2) === '#!' || head.includes('PK\x03\x04', 'latin1');
    if (isBehind) return NOT_FIRST;
    // Not of a name alone: a text may say that it is one, and Java takes one behind anything.
    return file.size > head.length
      ? probeEnd(file, (isEnded) => (isEnded ? NOT_FIRST : undefined))
      : undefined;
  }
  if (file.size > ARCHIVE_LIMIT) {
    return { problems: [tooLarge(file)] };
  }
  return probeWhole(open(file.size), (bytes) => readArchive(file.path, bytes));
}

const NOT_FIRST: FileFacts = { problems: ['an archive that something else begins was not read'] };

/** First members of archives that hold data: of NumPy, PyTorch, OpenDocument and EPUB, Office Open XML. */
const DATA = /\.(?:npy|pkl)$|^mimetype$|^\[Content_Types\]\.xml$/;

/** Takes an archive of any other name: of Java's it is one by its classes, of Python's by what is run of it. */
export function probeUnnamed(
  file: ProbedFile,
  head: Buffer,
  open: OpenScratch,
): Probe | FileFacts | undefined {
  if (head.toString('latin1', 0, 4) !== BEGINNINGS[0] || head.length < 30) return undefined;
  const first = head.toString('latin1', 30, 30 + head.readUInt16LE(26));
  if (DATA.test(first)) return undefined;
  if (file.size > ARCHIVE_LIMIT) {
    return first.startsWith('META-INF/') ? { problems: [tooLarge(file)] } : undefined;
  }
  return probeWhole(open(file.size), readUnnamedArchive);
}

function tooLarge({ size }: ProbedFile): string {
  return `an archive of ${size} bytes was not read, limit ${ARCHIVE_LIMIT}`;
}

function probeWhole(scratch: Scratch, read: (bytes: ArchiveBytes) => FileFacts | undefined): Probe {
  return {
    write: (bytes) => scratch.write(bytes),
    end() {
      try {
        return read(scratch);
      } finally {
        scratch.close();
      }
    },
  };
}
