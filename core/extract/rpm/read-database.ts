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

/** What a database says, and what of it could not be read. */
export interface RpmDatabase {
  /** Where it really lies. */
  readonly path: string;
  readonly records: readonly InstalledRpm[];
  readonly problems: readonly string[];
}

/** Reads a database as far as it can be read. One without any package is a problem too: nobody installs that. */
export function readDatabase(
  tree: FileTree,
  file: RpmDatabaseFile & { readonly bytes: Uint8Array },
): RpmDatabase {
  const records: InstalledRpm[] = [];
  const problems: string[] = [];
  const end = orDamage(() => {
    for (const read of readRecords(openDatabase(tree, file, problems))) {
      if (typeof read === 'string') problems.push(read);
      else records.push(read);
    }
  });
  if (end instanceof DamagedDatabaseError) problems.push(end.message);
  if (records.length + problems.length === 0) problems.push('a database without any package');
  return { path: file.path, records, problems };
}

function* readRecords(blobs: Iterable<Buffer | string>): Generator<InstalledRpm | string> {
  const budget: FileBudget = { characters: MAX_FILE_CHARACTERS };
  let count = 0;
  for (const blob of blobs) {
    count++;
    if (count > MAX_PACKAGES) {
      yield `more than ${MAX_PACKAGES} packages: the rest is not read`;
      return;
    }
    const record = typeof blob === 'string' ? blob : orDamage(() => readRecord(blob, budget));
    yield record instanceof DamagedDatabaseError ? record.message : record;
  }
}

function openDatabase(
  tree: FileTree,
  { path, bytes, format }: RpmDatabaseFile & { readonly bytes: Uint8Array },
  problems: string[],
): Generator<Buffer | string> {
  const file = toBuffer(bytes);
  if (format === 'ndb') return readNdbBlobs(file);
  if (format === 'bdb') return readBdbBlobs(file);
  const log = readBytes(tree, `${path}-wal`);
  if (log.kind === 'unreadable') problems.push(`its write-ahead log: ${log.problem.reason}`);
  return readSqliteBlobs(file, log.kind === 'file' ? toBuffer(log.bytes) : undefined);
}

function toBuffer({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}
