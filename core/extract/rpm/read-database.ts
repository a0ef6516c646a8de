import type { FileTree } from '../../image/file-tree.ts';
import { readBytes } from '../read-bytes.ts';
import { DamagedDatabaseError, orDamage } from './damaged-database-error.ts';
import { readBdbBlobs } from './read-bdb-blobs.ts';
import { readNdbBlobs } from './read-ndb-blobs.ts';
import { type FileBudget, type InstalledRpm, readRecord } from './read-record.ts';
import { readSqliteBlobs } from './read-sqlite-blobs.ts';
import type { RpmDatabaseFile } from './rpm-files.ts';

/** Far above any system: the largest has some thousand packages, and less than a million files. */
const MAX_PACKAGES = 50_000;
const MAX_FILE_CHARACTERS = 64 * 1024 * 1024;

/** A database's file. */
interface FoundDatabase extends RpmDatabaseFile {
  readonly bytes: Uint8Array;
}

/** What a database says, and what of it could not be read. */
export interface RpmDatabase {
  /** Where it really lies. */
  readonly path: string;
  readonly records: readonly InstalledRpm[];
  readonly problems: readonly string[];
}

/** Reads a database as far as it can be read. One without any package is a problem too: nobody installs that. */
export function readDatabase(tree: FileTree, file: FoundDatabase): RpmDatabase {
  const log = file.format === 'sqlite' ? readBytes(tree, `${file.path}-wal`) : undefined;
  const records: InstalledRpm[] = [];
  const problems: string[] = [];
  if (log?.kind === 'unreadable') problems.push(`its write-ahead log: ${log.problem.reason}`);
  const logBytes = log?.kind === 'file' ? toBuffer(log.bytes) : undefined;
  const size = file.bytes.length + (logBytes?.length ?? 0);
  const end = orDamage(() => {
    for (const read of readRecords(openDatabase(file, logBytes), size)) {
      if (typeof read === 'string') problems.push(read);
      else records.push(read);
    }
  });
  if (end instanceof DamagedDatabaseError) problems.push(end.message);
  if (records.length + problems.length === 0) problems.push('a database without any package');
  return { path: file.path, records, problems };
}

function openDatabase(
  { bytes, format }: FoundDatabase,
  log: Buffer | undefined,
): Generator<Buffer | string> {
  if (format === 'ndb') return readNdbBlobs(toBuffer(bytes));
  if (format === 'bdb') return readBdbBlobs(toBuffer(bytes));
  return readSqliteBlobs(toBuffer(bytes), log);
}

/** `size`: of all files that the headers lie in. */
function* readRecords(
  blobs: Iterable<Buffer | string>,
  size: number,
): Generator<InstalledRpm | string> {
  const budget: FileBudget = { characters: MAX_FILE_CHARACTERS };
  let count = 0;
  let left = size;
  for (const blob of blobs) {
    count++;
    if (count > MAX_PACKAGES) throw new DamagedDatabaseError(`more than ${MAX_PACKAGES} packages`);
    if (typeof blob !== 'string') left -= blob.length;
    if (left < 0) throw new DamagedDatabaseError('packages that lie over each other');
    const record = typeof blob === 'string' ? blob : orDamage(() => readRecord(blob, budget));
    yield record instanceof DamagedDatabaseError ? record.message : record;
  }
}

function toBuffer({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}
