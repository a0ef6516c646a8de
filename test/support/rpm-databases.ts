import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** One tag of a header: a text, a list of texts, numbers (four bytes each), or bytes as CHAR. */
type TagValue = string | readonly string[] | { readonly numbers: readonly number[] } | Buffer;

/** A package of a test's database. */
export interface TestRpm {
  readonly name: string;
  readonly version?: string;
  readonly release?: string;
  readonly epoch?: number;
  readonly arch?: string;
  readonly sourceRpm?: string;
  /** Absolute. */
  readonly files?: readonly string[];
  /** As `RPMFILE_STATE_*`, a number a file. */
  readonly states?: readonly number[];
  readonly tags?: Readonly<Record<number, TagValue>>;
}

/** A header as databases hold it. */
export function rpmHeader({
  name,
  version = '1.0',
  release = '1',
  epoch,
  arch = 'x86_64',
  sourceRpm = `${name}-${version}-${release}.src.rpm`,
  files = [],
  states,
  tags = {},
}: TestRpm): Buffer {
  const cut = (path: string) => path.lastIndexOf('/') + 1;
  const folders = [...new Set(files.map((path) => path.slice(0, cut(path))))];
  const indexes = files.map((path) => folders.indexOf(path.slice(0, cut(path))));
  return headerOf({
    1000: name,
    1001: version,
    1002: release,
    ...(epoch !== undefined && { 1003: { numbers: [epoch] } }),
    1022: arch,
    ...(states && { 1029: Buffer.from(states) }),
    1044: sourceRpm,
    ...(files.length > 0 && {
      1116: { numbers: indexes },
      1117: files.map((path) => path.slice(cut(path))),
      1118: folders,
    }),
    ...tags,
  });
}

/** A header with these tags; one that is `undefined` is left out. */
export function headerOf(tags: Readonly<Record<number, TagValue | undefined>>): Buffer {
  const index: Buffer[] = [];
  const data: Buffer[] = [];
  let size = 0;
  for (const [tag, value] of Object.entries(tags)) {
    if (value === undefined) continue;
    const { type, count, bytes } = encode(value);
    const entry = Buffer.alloc(16);
    [Number(tag), type, size, count].forEach((word, at) => void entry.writeUInt32BE(word, at * 4));
    index.push(entry);
    data.push(bytes);
    size += bytes.length;
  }
  const start = Buffer.alloc(8);
  start.writeUInt32BE(index.length, 0);
  start.writeUInt32BE(size, 4);
  return Buffer.concat([start, ...index, ...data]);
}

function encode(value: TagValue): { type: number; count: number; bytes: Buffer } {
  if (typeof value === 'string') return { type: 6, count: 1, bytes: Buffer.from(`${value}\0`) };
  if (Buffer.isBuffer(value)) return { type: 1, count: value.length, bytes: value };
  if ('numbers' in value) {
    const bytes = Buffer.alloc(value.numbers.length * 4);
    value.numbers.forEach((each, at) => void bytes.writeUInt32BE(each, at * 4));
    return { type: 4, count: value.numbers.length, bytes };
  }
  const bytes = Buffer.from(value.map((each) => `${each}\0`).join(''));
  return { type: 8, count: value.length, bytes };
}

/** A database, and the log beside it while its writer has not closed it. */
interface SqliteFiles {
  readonly database: Buffer;
  readonly log: Buffer;
}

/** What SQLite itself writes of these packages, the latter in its log alone. */
export function sqliteDatabase(
  blobs: readonly Uint8Array[],
  logged: readonly Uint8Array[] = [],
): SqliteFiles {
  return writeSqlite((database, insert) => {
    for (const blob of blobs) insert(blob);
    database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    for (const blob of logged) insert(blob);
  });
}

/** What SQLite writes while something is done to a database of no packages. */
export function writeSqlite(
  work: (database: DatabaseSync, insert: (blob: Uint8Array) => void) => void,
): SqliteFiles {
  const folder = mkdtempSync(join(tmpdir(), 'rpmdb-'));
  const path = join(folder, 'rpmdb.sqlite');
  const database = new DatabaseSync(path);
  try {
    database.exec('PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0');
    database.exec(
      'CREATE TABLE Packages (hnum INTEGER PRIMARY KEY AUTOINCREMENT, blob BLOB NOT NULL)',
    );
    const insert = database.prepare('INSERT INTO Packages (blob) VALUES (?)');
    work(database, (blob) => void insert.run(blob));
    return { database: readFileSync(path), log: readFileSync(`${path}-wal`) };
  } finally {
    database.close();
    rmSync(folder, { recursive: true });
  }
}

/** An NDB database: one page of slots, then a blob after the other. */
export function ndbDatabase(blobs: readonly Buffer[]): Buffer {
  const head = Buffer.alloc(4096);
  head.write('RpmP', 0, 'latin1');
  head.writeUInt32LE(1, 12);
  for (let at = 32; at < head.length; at += 16) head.write('Slot', at, 'latin1');
  const parts = [head];
  let block = 256;
  for (const [index, blob] of blobs.entries()) {
    const blocks = Math.ceil((16 + blob.length + 12) / 16);
    const bytes = Buffer.alloc(blocks * 16);
    bytes.write('BlbS', 0, 'latin1');
    bytes.writeUInt32LE(index + 1, 4);
    bytes.writeUInt32LE(blob.length, 12);
    blob.copy(bytes, 16);
    const tail = bytes.length - 12;
    bytes.writeUInt32LE(adler32(bytes.subarray(0, tail)), tail);
    bytes.writeUInt32LE(blob.length, tail + 4);
    bytes.write('BlbE', tail + 8, 'latin1');
    const slot = 32 + index * 16;
    [index + 1, block, blocks].forEach(
      (word, at) => void head.writeUInt32LE(word, slot + 4 + at * 4),
    );
    parts.push(bytes);
    block += blocks;
  }
  return Buffer.concat(parts);
}

function adler32(bytes: Buffer): number {
  let [a, b] = [1, 0];
  for (const byte of bytes) {
    a = (a + byte) % 65_521;
    b = (b + a) % 65_521;
  }
  return b * 65_536 + a;
}

/** A Berkeley DB of pages of 512 bytes: a page of rpm's count, then for each blob its item and its chain. */
export function bdbDatabase(
  blobs: readonly Buffer[],
  { isBigEndian = false }: { readonly isBigEndian?: boolean } = {},
): Buffer {
  const word = (page: Buffer, value: number, at: number) =>
    isBigEndian ? page.writeUInt32BE(value, at) : page.writeUInt32LE(value, at);
  const half = (page: Buffer, value: number, at: number) =>
    isBigEndian ? page.writeUInt16BE(value, at) : page.writeUInt16LE(value, at);
  const pages = [Buffer.alloc(512)];
  const addItem = (id: number, value: Buffer) => {
    const page = Buffer.alloc(512);
    const key = Buffer.from([1, 0, 0, 0, 0]);
    word(key, id, 1);
    key.copy(page, 512 - key.length);
    value.copy(page, 512 - key.length - value.length);
    half(page, 2, 20);
    half(page, 512 - key.length, 26);
    half(page, 512 - key.length - value.length, 28);
    page[25] = 13;
    pages.push(page);
  };
  addItem(0, Buffer.from([1, 9, 9, 9, 9]));
  for (const [index, blob] of blobs.entries()) {
    const value = Buffer.alloc(12);
    value[0] = 3;
    word(value, pages.length + 1, 4);
    word(value, blob.length, 8);
    addItem(index + 1, value);
    for (let at = 0; at < blob.length; at += 486) {
      const page = Buffer.alloc(512);
      const part = blob.subarray(at, at + 486);
      part.copy(page, 26);
      half(page, part.length, 22);
      page[25] = 7;
      if (at + 486 < blob.length) word(page, pages.length + 1, 16);
      pages.push(page);
    }
  }
  const [meta = Buffer.alloc(0)] = pages;
  word(meta, 0x061561, 12);
  word(meta, 512, 20);
  meta[25] = 8;
  word(meta, pages.length - 1, 32);
  return Buffer.concat(pages);
}
