/** What a made-up ELF file says of itself, true or not. */
export interface LyingElf {
  /** Fields of its header by offset, 8 bytes each. */
  readonly header?: Readonly<Record<number, bigint>>;
  /** `e_phentsize`, `e_phnum`, `e_shentsize`, `e_shnum`, `e_shstrndx`. */
  readonly counts?: readonly [number, number, number, number, number];
  /** Tags and values of its dynamic section, before `DT_STRTAB`, which is at `STRINGS`. */
  readonly dynamic?: readonly (readonly [tag: number, value: number])[];
  /** Bytes at `TABLE`. */
  readonly table?: Buffer;
  /** Bytes at `STRINGS`. */
  readonly strings?: Buffer;
}

/** Where things lie in the file, which is loaded at the address 0. */
export const TABLE = 256 * 1024;
export const STRINGS = 512 * 1024;
const DYNAMIC = 4096;

/** A library for amd64 whose one segment is all of the file. */
export function lyingElf({ header, counts, dynamic = [], table, strings }: LyingElf): Buffer {
  const text = strings ?? Buffer.alloc(16);
  const bytes = Buffer.alloc(STRINGS + text.length);
  Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]).copy(bytes);
  bytes.writeUInt16LE(3, 16);
  bytes.writeUInt16LE(62, 18);
  bytes.writeBigUInt64LE(64n, 32);
  const [phentsize, phnum, ...sections] = counts ?? [56, 2, 0, 0, 0];
  [64, phentsize, phnum, ...sections].forEach((value, index) => {
    bytes.writeUInt16LE(value, 52 + 2 * index);
  });
  for (const [at, value] of Object.entries(header ?? {})) bytes.writeBigUInt64LE(value, Number(at));
  const entries = [[5, STRINGS], ...dynamic, [0, 0]] as const;
  segment(bytes, 64, { type: 1, offset: 0, size: bytes.length });
  segment(bytes, 120, { type: 2, offset: DYNAMIC, size: 16 * entries.length });
  entries.forEach(([tag, value], index) => {
    bytes.writeBigUInt64LE(BigInt(tag), DYNAMIC + 16 * index);
    bytes.writeBigUInt64LE(BigInt(value), DYNAMIC + 16 * index + 8);
  });
  table?.copy(bytes, TABLE);
  text.copy(bytes, STRINGS);
  return bytes;
}

function segment(
  bytes: Buffer,
  at: number,
  { type, offset, size }: { readonly type: number; readonly offset: number; readonly size: number },
): void {
  bytes.writeUInt32LE(type, at);
  bytes.writeUInt32LE(4, at + 4);
  for (const place of [8, 16, 24]) bytes.writeBigUInt64LE(BigInt(offset), at + place);
  for (const place of [32, 40]) bytes.writeBigUInt64LE(BigInt(size), at + place);
}
