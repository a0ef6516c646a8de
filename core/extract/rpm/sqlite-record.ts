import { DamagedDatabaseError } from './damaged-database-error.ts';

/** One column of a row: its bytes as they stand. */
export interface SqliteColumn {
  readonly kind: 'null' | 'integer' | 'real' | 'blob' | 'text';
  readonly bytes: Buffer;
}

/** A number in one to nine bytes, and where the next thing begins. */
export interface Varint {
  readonly value: number;
  readonly next: number;
}

/** More than any table of rpm has. */
const MAX_COLUMNS = 64;

/** Sizes of the serial types 0 to 9 ("Record Format"); 8 and 9 are the numbers 0 and 1 themselves. */
const SIZES = [0, 1, 2, 3, 4, 6, 8, 8, 0, 0];

/**
 * The columns of a row (https://www.sqlite.org/fileformat2.html#record_format).
 *
 * @throws DamagedDatabaseError when it is none
 */
export function readSqliteRecord(payload: Buffer): SqliteColumn[] {
  const header = readVarint(payload, 0);
  if (header.value > payload.length) throw new DamagedDatabaseError('a row without its columns');
  const columns: SqliteColumn[] = [];
  let at = header.value;
  let next = header.next;
  while (next < header.value && columns.length < MAX_COLUMNS) {
    const type = readVarint(payload, next);
    const size = type.value < 12 ? SIZES[type.value] : Math.floor((type.value - 12) / 2);
    if (size === undefined || at + size > payload.length) {
      throw new DamagedDatabaseError('a row without its columns');
    }
    columns.push({ kind: kindOf(type.value), bytes: payload.subarray(at, at + size) });
    at += size;
    next = type.next;
  }
  return columns;
}

function kindOf(type: number): SqliteColumn['kind'] {
  if (type >= 12) return type % 2 === 0 ? 'blob' : 'text';
  if (type === 0) return 'null';
  return type === 7 ? 'real' : 'integer';
}

/**
 * Seven bits a byte, the highest first; all eight of the ninth.
 *
 * @throws DamagedDatabaseError when the bytes end within it, or no file could be as large
 */
export function readVarint(bytes: Buffer, at: number): Varint {
  let value = 0;
  for (let index = 0; index < 9; index++) {
    const byte = bytes[at + index];
    if (byte === undefined) throw new DamagedDatabaseError('a row reaches beyond its page');
    value = index === 8 ? value * 256 + byte : value * 128 + (byte & 0x7f);
    if (byte < 0x80 || index === 8) return { value, next: at + index + 1 };
  }
  throw new DamagedDatabaseError('a number without an end');
}
