/** System V ABI, "ELF Header" and "Program Header"; values from `elf.h`. */
const MAGIC = Buffer.from([0x7f, 0x45, 0x4c, 0x46]);

/** Bytes of a file that hold its header and, in all that linkers make, its program headers: other tools move them. */
export const ELF_HEAD = 4096;

/** More program headers than any linker writes; what lies beyond is not looked at. */
const MAX_SEGMENTS = 64;

export const PT_LOAD = 1;
export const PT_DYNAMIC = 2;
export const PT_INTERP = 3;
export const PF_X = 1;
export const PF_W = 2;

/** One entry of the program header table. */
export interface Segment {
  readonly type: number;
  readonly flags: number;
  readonly offset: number;
  readonly address: number;
  readonly fileSize: number;
}

/** What the first bytes of an ELF file say. */
export interface ElfHead {
  readonly bits: 32 | 64;
  readonly isBigEndian: boolean;
  /** `e_type`. */
  readonly type: number;
  /** `e_machine`. */
  readonly machine: number;
  /** Where its program headers lie. */
  readonly programs: ProgramTable;
  /** `undefined` as long as they lie behind the bytes that the header was read of. */
  readonly segments: readonly Segment[] | undefined;
  /** Offset, entry size and number of the section headers, and which one holds their names; a size of 0 when there are none. */
  readonly sections: {
    readonly offset: number;
    readonly entrySize: number;
    readonly count: number;
    readonly names: number;
  };
}

/** An ELF file's header and segments. */
export interface ElfHeader extends ElfHead {
  readonly segments: readonly Segment[];
}

/** Offset, entry size and number of the program headers. */
export interface ProgramTable {
  readonly offset: number;
  readonly entrySize: number;
  readonly count: number;
}

/** Reads numbers as a file's class and byte order have it. */
export interface NumberReader {
  half(bytes: Buffer, at: number): number;
  word(bytes: Buffer, at: number): number;
  /** A word of the class's size. Above 2^53 it is inexact: no file is that large. */
  native(bytes: Buffer, at: number): number;
}

/** Where the fields of a program header lie, by class. */
const PLACES_64 = { flags: 4, offset: 8, address: 16, fileSize: 32, size: 56 };
const PLACES_32 = { flags: 24, offset: 4, address: 8, fileSize: 16, size: 32 };

/** `EI_CLASS` and `EI_DATA` by value. */
const CLASSES: readonly (32 | 64 | undefined)[] = [undefined, 32, 64];
const BYTE_ORDERS: readonly (boolean | undefined)[] = [undefined, false, true];

export function createNumberReader(bits: 32 | 64, isBigEndian: boolean): NumberReader {
  const word = (bytes: Buffer, at: number) =>
    isBigEndian ? bytes.readUInt32BE(at) : bytes.readUInt32LE(at);
  return {
    half: (bytes, at) => (isBigEndian ? bytes.readUInt16BE(at) : bytes.readUInt16LE(at)),
    word,
    native: (bytes, at) => {
      if (bits === 32) return word(bytes, at);
      return Number(isBigEndian ? bytes.readBigUInt64BE(at) : bytes.readBigUInt64LE(at));
    },
  };
}

export function isElf(head: Buffer): boolean {
  return head.length >= 4 && head.subarray(0, 4).equals(MAGIC);
}

/** Bytes of the program headers that are looked at. */
export function sizeOfSegments({ entrySize, count }: ProgramTable): number {
  return entrySize * Math.min(count, MAX_SEGMENTS);
}

/** The segments that a table of program headers says. `undefined` where it is cut short. */
export function readSegments(
  table: Buffer,
  { bits, isBigEndian, programs: { entrySize, count } }: Omit<ElfHead, 'segments'>,
): readonly Segment[] | undefined {
  const segments: Segment[] = [];
  const { word, native } = createNumberReader(bits, isBigEndian);
  const places = bits === 64 ? PLACES_64 : PLACES_32;
  for (let index = 0; index < Math.min(count, MAX_SEGMENTS); index++) {
    const at = index * entrySize;
    if (entrySize < places.size || at + entrySize > table.length) return undefined;
    segments.push({
      type: word(table, at),
      flags: word(table, at + places.flags),
      offset: native(table, at + places.offset),
      address: native(table, at + places.address),
      fileSize: native(table, at + places.fileSize),
    });
  }
  return segments;
}

/** Reads the header, and segments that lie there, out of a file's first bytes; what is wrong with it as a text. */
export function readElfHeader(head: Buffer): ElfHead | string {
  if (!isElf(head)) return 'no ELF file';
  const bits = CLASSES[head[4] ?? 0];
  const isBigEndian = BYTE_ORDERS[head[5] ?? 0];
  if (!bits || isBigEndian === undefined) return 'ELF header of no known class or byte order';
  if (head.length < (bits === 64 ? 64 : 52)) return 'ELF header cut short';
  const { half, native } = createNumberReader(bits, isBigEndian);
  const size = bits / 8;
  // e_entry, e_phoff and e_shoff have the class's size, so all behind them move.
  const behind = 24 + 3 * size;
  const header = {
    bits,
    isBigEndian,
    type: half(head, 16),
    machine: half(head, 18),
    programs: {
      offset: native(head, 24 + size),
      entrySize: half(head, behind + 6),
      count: half(head, behind + 8),
    },
    sections: {
      offset: native(head, 24 + 2 * size),
      entrySize: half(head, behind + 10),
      count: half(head, behind + 12),
      names: half(head, behind + 14),
    },
  };
  return { ...header, segments: readSegments(head.subarray(header.programs.offset), header) };
}
