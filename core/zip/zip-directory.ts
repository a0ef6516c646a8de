/** Where the central directory lies. */
export interface Directory {
  readonly offset: number;
  readonly size: number;
  readonly members: number;
}

/** One file of an archive, as the central directory has it. */
export interface Member {
  readonly name: string;
  readonly flags: number;
  readonly method: number;
  readonly crc: number;
  readonly packedSize: number;
  readonly size: number;
  /** Of its local header. */
  readonly offset: number;
}

const END = 0x06054b50;
const END_SIZE = 22;
const COMMENT_LIMIT = 0xffff;
const ZIP64_LOCATOR = 0x07064b50;
const ZIP64_LOCATOR_SIZE = 20;
const ZIP64_END = 0x06064b50;
const ZIP64_END_SIZE = 56;
const MEMBER = 0x02014b50;
const MEMBER_SIZE = 46;
const LOCAL_HEADER = 0x04034b50;
const LOCAL_HEADER_SIZE = 30;
const ZIP64_EXTRA = 1;
const IN_ZIP64 = 0xffffffff;

/** Bytes `start` to `start + length` of an archive. */
interface Asked {
  readonly start: number;
  readonly length: number;
}

/** A part of the reading: asks for bytes, is given them, and says what it read. Whoever drives it may wait for them. */
export type Reading<Result> = Generator<Asked, Result, Buffer>;

/** Finds the central directory by the end record (APPNOTE 4.3.16, zip64: 4.3.14 and 4.3.15). */
export function* findDirectory(fileSize: number): Reading<Directory> {
  const tailSize = Math.min(fileSize, END_SIZE + COMMENT_LIMIT);
  const tail = yield { start: fileSize - tailSize, length: tailSize };
  const at = findEnd(tail);
  const end: Directory = {
    members: tail.readUInt16LE(at + 10),
    size: tail.readUInt32LE(at + 12),
    offset: tail.readUInt32LE(at + 16),
  };
  const endOffset = fileSize - tailSize + at;
  return (yield* findZip64(endOffset)) ?? end;
}

/** The entry of the directory at an offset, and where the next one begins. */
export function* readEntry(
  at: number,
): Reading<{ readonly member: Member; readonly next: number }> {
  const fixed = yield { start: at, length: MEMBER_SIZE };
  if (fixed.readUInt32LE(0) !== MEMBER) throw new Error(`no directory entry at ${at}`);
  const nameSize = fixed.readUInt16LE(28);
  const extraSize = fixed.readUInt16LE(30);
  const length = MEMBER_SIZE + nameSize + extraSize + fixed.readUInt16LE(32);
  const whole = yield { start: at, length };
  return { member: readMember(whole, nameSize, extraSize), next: at + length };
}

/** Checked when all members are read. @throws Error */
export function checkEnd({ offset, size }: Directory, at: number): void {
  if (at !== offset + size) throw new Error(`the directory is not ${size} bytes long`);
}

/** Where the bytes of a member begin. */
export function* findMember({ offset }: Member): Reading<number> {
  const header = yield { start: offset, length: LOCAL_HEADER_SIZE };
  if (header.readUInt32LE(0) !== LOCAL_HEADER) throw new Error(`no file at ${offset}`);
  return offset + LOCAL_HEADER_SIZE + header.readUInt16LE(26) + header.readUInt16LE(28);
}

function findEnd(tail: Buffer): number {
  for (let at = tail.length - END_SIZE; at >= 0; at--) {
    const ends = at + END_SIZE + tail.readUInt16LE(at + 20) === tail.length;
    if (ends && tail.readUInt32LE(at) === END) return at;
  }
  throw new Error('no end record');
}

function* findZip64(endOffset: number): Reading<Directory | undefined> {
  if (endOffset < ZIP64_LOCATOR_SIZE) return undefined;
  const locator = yield { start: endOffset - ZIP64_LOCATOR_SIZE, length: ZIP64_LOCATOR_SIZE };
  if (locator.readUInt32LE(0) !== ZIP64_LOCATOR) return undefined;
  const end = yield { start: toNumber(locator.readBigUInt64LE(8)), length: ZIP64_END_SIZE };
  if (end.readUInt32LE(0) !== ZIP64_END) throw new Error('no zip64 end record');
  return {
    members: toNumber(end.readBigUInt64LE(32)),
    size: toNumber(end.readBigUInt64LE(40)),
    offset: toNumber(end.readBigUInt64LE(48)),
  };
}

function readMember(whole: Buffer, nameSize: number, extraSize: number): Member {
  const extraStart = MEMBER_SIZE + nameSize;
  const wide = zip64Numbers(whole.subarray(extraStart, extraStart + extraSize));
  // Those that stand in the zip64 extra are there in this order, each only if needed (4.5.3).
  const size = widen(whole.readUInt32LE(24), wide);
  const packedSize = widen(whole.readUInt32LE(20), wide);
  const offset = widen(whole.readUInt32LE(42), wide);
  return {
    name: whole.toString('utf8', MEMBER_SIZE, extraStart),
    flags: whole.readUInt16LE(8),
    method: whole.readUInt16LE(10),
    crc: whole.readUInt32LE(16),
    packedSize,
    size,
    offset,
  };
}

function widen(narrow: number, wide: number[]): number {
  return narrow === IN_ZIP64 ? (wide.shift() ?? narrow) : narrow;
}

function zip64Numbers(extra: Buffer): number[] {
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2)) {
    if (extra.readUInt16LE(at) !== ZIP64_EXTRA) continue;
    const end = Math.min(at + 4 + extra.readUInt16LE(at + 2), extra.length);
    const numbers: number[] = [];
    for (let next = at + 4; next + 8 <= end; next += 8) {
      numbers.push(toNumber(extra.readBigUInt64LE(next)));
    }
    return numbers;
  }
  return [];
}

function toNumber(value: bigint): number {
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw new Error(`no file has ${value} bytes`);
  return Number(value);
}
