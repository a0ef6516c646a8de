import type { FileFacts } from '../image/file-facts.ts';
import type { Probe, ProbedFile } from '../probe/probe.ts';
import type { ArchiveBytes } from './archive-bytes.ts';
import { EGG, JAVA_ARCHIVE, readArchive } from './read-archive.ts';

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
    if (!isBehind) return undefined;
    return { problems: ['an archive that something else begins was not read'] };
  }
  if (file.size > ARCHIVE_LIMIT) {
    return { problems: [`an archive of ${file.size} bytes was not read, limit ${ARCHIVE_LIMIT}`] };
  }
  const scratch = open(file.size);
  return {
    write: (bytes) => scratch.write(bytes),
    end() {
      try {
        return readArchive(file.path, scratch);
      } finally {
        scratch.close();
      }
    },
  };
}
