import { DamagedDatabaseError, orDamage } from './damaged-database-error.ts';
import { openPages, type PagedFile } from './paged-file.ts';
import { readSqliteRecord, readVarint } from './sqlite-record.ts';
import { readWriteAheadLog } from './sqlite-wal.ts';

const MAGIC = 'SQLite format 3\0';
const HEADER_SIZE = 100;

/** Tables and indexes: rpm has some fifty. */
const MAX_TABLES = 1000;

const INTERIOR_TABLE = 0x05;
const LEAF_TABLE = 0x0d;

/** A database's pages, and how many bytes of each hold content. */
interface Database {
  readonly pages: PagedFile;
  readonly usable: number;
}

/**
 * The headers in the table `Packages` of an rpm database, as rpm's own query `SELECT hnum, blob FROM
 * 'Packages'` would see them; a string says what could not be read
 * (https://www.sqlite.org/fileformat2.html). `log`: the write-ahead log beside it, whose committed pages
 * are newer than the database's.
 *
 * @throws DamagedDatabaseError when it is no such database
 */
export function* readSqliteBlobs(bytes: Buffer, log?: Buffer): Generator<Buffer | string> {
  const changed = orDamage(() => (log ? readWriteAheadLog(log) : undefined));
  const isLogDamaged = changed instanceof DamagedDatabaseError;
  if (isLogDamaged) yield changed.message;
  const database = open(bytes, isLogDamaged ? undefined : changed);
  for (const payload of readTable(database, findTable(database, 'Packages'))) {
    if (typeof payload === 'string') {
      yield payload;
      continue;
    }
    // The first column is the row's number.
    const blob = orDamage(() => readSqliteRecord(payload)[1]);
    if (blob instanceof DamagedDatabaseError) yield blob.message;
    else if (blob?.kind === 'blob') yield blob.bytes;
    else yield 'a row without a header';
  }
}

function open(bytes: Buffer, changed: ReadonlyMap<number, Buffer> | undefined): Database {
  if (bytes.length < HEADER_SIZE || bytes.toString('latin1', 0, MAGIC.length) !== MAGIC) {
    throw new DamagedDatabaseError('no SQLite database');
  }
  const written = bytes.readUInt16BE(16);
  const pageSize = written === 1 ? 65_536 : written;
  const usable = pageSize - (bytes[20] ?? 0);
  // The format's bounds; below them the arithmetic of cells goes wrong.
  if (pageSize < 512 || (pageSize & (pageSize - 1)) !== 0 || usable < 480) {
    throw new DamagedDatabaseError(`a page size of ${pageSize} bytes`);
  }
  return { pages: openPages(bytes, pageSize, 1, changed), usable };
}

function findTable(database: Database, name: string): number {
  let rows = 0;
  for (const payload of readTable(database, 1)) {
    rows++;
    if (rows > MAX_TABLES) break;
    if (typeof payload === 'string') throw new DamagedDatabaseError(payload);
    const [type, , table, root] = readSqliteRecord(payload);
    if (
      type?.bytes.toString() === 'table' &&
      table?.bytes.toString() === name &&
      root?.kind === 'integer'
    ) {
      return root.bytes.length === 0 ? 0 : root.bytes.readUIntBE(0, Math.min(root.bytes.length, 6));
    }
  }
  throw new DamagedDatabaseError(`no table ${name}`);
}

/** The payloads of a table's rows. Every page is taken once, so that it ends. */
function* readTable(database: Database, root: number): Generator<Buffer | string> {
  const waiting = [root];
  for (let number = waiting.pop(); number !== undefined; number = waiting.pop()) {
    const page = orDamage(() => readPage(database, number));
    if (page instanceof DamagedDatabaseError) {
      yield page.message;
      continue;
    }
    waiting.push(...page.children.reverse());
    for (const cell of page.cells) {
      const payload = orDamage(() => readPayload(database, cell));
      yield payload instanceof DamagedDatabaseError ? payload.message : payload;
    }
  }
}

interface TablePage {
  /** Numbers of the pages below it. */
  readonly children: number[];
  /** Where the rows of a leaf begin. */
  readonly cells: readonly Buffer[];
}

function readPage({ pages }: Database, number: number): TablePage {
  const page = pages.take(number);
  const start = number === 1 ? HEADER_SIZE : 0;
  const kind = page[start];
  if (kind !== INTERIOR_TABLE && kind !== LEAF_TABLE) {
    throw new DamagedDatabaseError(`page ${number} is none of a table`);
  }
  const count = page.readUInt16BE(start + 3);
  const pointers = start + (kind === LEAF_TABLE ? 8 : 12);
  if (pointers + count * 2 > page.length) {
    throw new DamagedDatabaseError(`page ${number} has room for less than ${count} cells`);
  }
  const cells = Array.from({ length: count }, (_, index) =>
    page.subarray(page.readUInt16BE(pointers + index * 2)),
  );
  if (kind === LEAF_TABLE) return { children: [], cells };
  const children = cells.map((cell) => {
    if (cell.length < 4) throw new DamagedDatabaseError(`page ${number}: a cell outside of it`);
    return cell.readUInt32BE(0);
  });
  return { children: [...children, page.readUInt32BE(start + 8)], cells: [] };
}

/** A row's payload: what of it lies in the cell, and the rest of it in pages of its own. */
function readPayload({ pages, usable }: Database, cell: Buffer): Buffer {
  const size = readVarint(cell, 0);
  const row = readVarint(cell, size.next);
  const local = localSize(size.value, usable);
  const start = cell.subarray(row.next, row.next + local);
  if (start.length < local) throw new DamagedDatabaseError('a row reaches beyond its page');
  if (local === size.value) return start;
  const parts = [start];
  let rest = size.value - local;
  let next = readPageNumber(cell, row.next + local);
  while (rest > 0) {
    const page = pages.take(next);
    const part = page.subarray(4, Math.min(usable, 4 + rest));
    parts.push(part);
    rest -= part.length;
    next = page.readUInt32BE(0);
  }
  return Buffer.concat(parts);
}

/** How much of a payload lies in its cell ("B-tree Cell Format"). */
function localSize(size: number, usable: number): number {
  const most = usable - 35;
  if (size <= most) return size;
  const least = Math.floor(((usable - 12) * 32) / 255) - 23;
  const fitting = least + ((size - least) % (usable - 4));
  return fitting <= most ? fitting : least;
}

function readPageNumber(cell: Buffer, at: number): number {
  if (at + 4 > cell.length) throw new DamagedDatabaseError('a row reaches beyond its page');
  return cell.readUInt32BE(at);
}
