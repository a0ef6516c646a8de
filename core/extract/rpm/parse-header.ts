import { DamagedDatabaseError } from './damaged-database-error.ts';

/** What a package says of itself, by rpm's numbers of tags (rpm's `include/rpm/rpmtag.h`). */
export interface RpmHeader {
  /** A text; `undefined` when there is none. */
  text(tag: number): string | undefined;
  /** A list of texts; empty when there is none. */
  texts(tag: number): readonly string[];
  /** A list of numbers without a sign; empty when there is none. */
  numbers(tag: number): readonly number[];
}

interface Entry {
  readonly type: number;
  readonly offset: number;
  readonly count: number;
}

const ENTRY_SIZE = 16;
const STRING = 6;
const STRING_ARRAY = 8;

/** How many bytes a number has, by type: CHAR, INT8, INT16, INT32. */
const NUMBER_SIZES: ReadonlyMap<number, number> = new Map([
  [1, 1],
  [2, 1],
  [3, 2],
  [4, 4],
]);

/**
 * Opens a header as databases hold it: without the magic number of package files (rpm, "Header format").
 * Its readers throw DamagedDatabaseError too, for a tag that is not of that type or reaches beyond it.
 *
 * @throws DamagedDatabaseError when its length is not what it says
 */
export function parseHeader(bytes: Buffer): RpmHeader {
  const count = bytes.length < 8 ? 0 : bytes.readUInt32BE(0);
  if (count === 0 || 8 + count * ENTRY_SIZE + bytes.readUInt32BE(4) !== bytes.length) {
    throw new DamagedDatabaseError(`a header of ${bytes.length} bytes that is none`);
  }
  const data = bytes.subarray(8 + count * ENTRY_SIZE);
  const entries = new Map<number, Entry>();
  for (let at = 8; at < bytes.length - data.length; at += ENTRY_SIZE) {
    // What was added when the package was installed comes last, and replaces what it was built with.
    entries.set(bytes.readUInt32BE(at), {
      type: bytes.readUInt32BE(at + 4),
      offset: bytes.readUInt32BE(at + 8),
      count: bytes.readUInt32BE(at + 12),
    });
  }
  return {
    text(tag) {
      const entry = entries.get(tag);
      if (!entry) return undefined;
      if (entry.type !== STRING) throw wrong(tag);
      return readTexts(data, tag, { ...entry, count: 1 })[0];
    },
    texts(tag) {
      const entry = entries.get(tag);
      if (!entry) return [];
      if (entry.type !== STRING_ARRAY) throw wrong(tag);
      return readTexts(data, tag, entry);
    },
    numbers(tag) {
      const entry = entries.get(tag);
      return entry ? readNumbers(data, tag, entry) : [];
    },
  };
}

/** Texts that end in a zero byte, one after the other. */
function readTexts(data: Buffer, tag: number, { offset, count }: Entry): string[] {
  // Each has a byte at least: no room is made for more than there can be.
  if (offset + count > data.length) throw wrong(tag);
  const texts: string[] = [];
  let at = offset;
  for (let index = 0; index < count; index++) {
    const end = data.indexOf(0, at);
    if (end < 0) throw wrong(tag);
    texts.push(data.toString('utf8', at, end));
    at = end + 1;
  }
  return texts;
}

function readNumbers(data: Buffer, tag: number, { type, offset, count }: Entry): number[] {
  const size = NUMBER_SIZES.get(type);
  if (size === undefined || offset + count * size > data.length) throw wrong(tag);
  return Array.from({ length: count }, (_, index) => data.readUIntBE(offset + index * size, size));
}

function wrong(tag: number): DamagedDatabaseError {
  return new DamagedDatabaseError(`a header whose tag ${tag} cannot be read`);
}
