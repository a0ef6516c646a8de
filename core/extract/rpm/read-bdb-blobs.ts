import { DamagedDatabaseError, orDamage } from './damaged-database-error.ts';
import { openPages, type PagedFile } from './paged-file.ts';

/** Berkeley DB's `dbinc/db_page.h`: a hash database, its pages and the kinds of items on them. */
const HASH_MAGIC = 0x061561;
const META_SIZE = 92;
const PAGE_HEADER_SIZE = 26;
const P_HASH_UNSORTED = 2;
const P_OVERFLOW = 7;
const P_HASHMETA = 8;
const P_HASH = 13;
const H_KEYDATA = 1;
const H_OFFPAGE = 3;

interface Database {
  /** Every page, one after the other. */
  readonly pages: PagedFile;
  /** The same pages, as chains lead to them. */
  readonly chains: PagedFile;
  half(page: Buffer, at: number): number;
  word(page: Buffer, at: number): number;
}

/**
 * The headers in a Berkeley DB of rpm (`Packages` of Amazon Linux 2 and Red Hat 8), in the order of its
 * pages; a string says what could not be read.
 *
 * @throws DamagedDatabaseError when it is no such database
 */
export function* readBdbBlobs(bytes: Buffer): Generator<Buffer | string> {
  const { database, last } = open(bytes);
  for (let number = 1; number <= last; number++) {
    const page = orDamage(() => database.pages.take(number));
    if (page instanceof DamagedDatabaseError) {
      // All that follow are missing too.
      yield page.message;
      return;
    }
    const isHash = page[25] === P_HASH || page[25] === P_HASH_UNSORTED;
    if (isHash) yield* readPage(database, page, number);
  }
}

function open(bytes: Buffer): { readonly database: Database; readonly last: number } {
  const isLittleEndian = bytes.length >= META_SIZE && bytes.readUInt32LE(12) === HASH_MAGIC;
  const isBigEndian = bytes.length >= META_SIZE && bytes.readUInt32BE(12) === HASH_MAGIC;
  if ((!isLittleEndian && !isBigEndian) || bytes[25] !== P_HASHMETA) {
    throw new DamagedDatabaseError('no hash database of Berkeley DB');
  }
  if (bytes[24] !== 0) throw new DamagedDatabaseError('an encrypted database');
  const word = (page: Buffer, at: number) =>
    isLittleEndian ? page.readUInt32LE(at) : page.readUInt32BE(at);
  const half = (page: Buffer, at: number) =>
    isLittleEndian ? page.readUInt16LE(at) : page.readUInt16BE(at);
  const pageSize = word(bytes, 20);
  if (pageSize < 512 || pageSize > 65_536 || (pageSize & (pageSize - 1)) !== 0) {
    throw new DamagedDatabaseError(`a page size of ${pageSize} bytes`);
  }
  return {
    database: {
      pages: openPages(bytes, pageSize, 0),
      chains: openPages(bytes, pageSize, 0),
      half,
      word,
    },
    last: word(bytes, 32),
  };
}

/** A page's items are keys and values by turns, the first at its end. */
function* readPage(database: Database, page: Buffer, number: number): Generator<Buffer | string> {
  const count = database.half(page, 20);
  if (count % 2 !== 0 || PAGE_HEADER_SIZE + count * 2 > page.length) {
    yield `page ${number} is damaged`;
    return;
  }
  let end = page.length;
  for (let index = 0; index < count; index += 2) {
    const key = database.half(page, PAGE_HEADER_SIZE + index * 2);
    const value = database.half(page, PAGE_HEADER_SIZE + index * 2 + 2);
    if (value < PAGE_HEADER_SIZE || value >= key || key >= end) {
      yield `page ${number} is damaged`;
      return;
    }
    const item = { key: page.subarray(key, end), value: page.subarray(value, key) };
    const read = orDamage(() => readValue(database, item));
    if (read instanceof DamagedDatabaseError) yield read.message;
    else if (read) yield read;
    end = value;
  }
}

/** The bytes of a value; `undefined` for rpm's own count of its packages, which has the key 0. */
function readValue(
  database: Database,
  { key, value }: { readonly key: Buffer; readonly value: Buffer },
): Buffer | undefined {
  const isCount = key[0] === H_KEYDATA && key.length === 5 && database.word(key, 1) === 0;
  if (isCount) return undefined;
  if (value[0] === H_KEYDATA) return value.subarray(1);
  if (value[0] !== H_OFFPAGE || value.length < 12) {
    throw new DamagedDatabaseError('a value of an unknown kind');
  }
  return readChain(database, database.word(value, 4), database.word(value, 8));
}

/** What does not fit on a page lies in a chain of pages, each of which says how much of it is filled. */
function readChain({ chains, half, word }: Database, first: number, size: number): Buffer {
  const parts: Buffer[] = [];
  let found = 0;
  for (let number = first; number !== 0; ) {
    const page = chains.take(number);
    const filled = half(page, 22);
    if (page[25] !== P_OVERFLOW || PAGE_HEADER_SIZE + filled > page.length) {
      throw new DamagedDatabaseError(`page ${number} is damaged`);
    }
    parts.push(page.subarray(PAGE_HEADER_SIZE, PAGE_HEADER_SIZE + filled));
    found += filled;
    number = word(page, 16);
  }
  if (found !== size) throw new DamagedDatabaseError(`a header of ${size} bytes has ${found}`);
  return Buffer.concat(parts);
}
