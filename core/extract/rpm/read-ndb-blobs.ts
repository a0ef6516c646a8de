import { DamagedDatabaseError } from './damaged-database-error.ts';

/** rpm's `lib/backend/ndb/rpmpkg.c`; all numbers are little-endian. */
const HEADER_MAGIC = 'RpmP';
const SLOT_MAGIC = 'Slot';
const BLOB_MAGIC = 'BlbS';
const BLOB_END_MAGIC = 'BlbE';
const PAGE_SIZE = 4096;
const SLOT_SIZE = 16;
/** The header takes the place of the first two slots. */
const HEADER_SIZE = 32;
const BLOCK_SIZE = 16;
const BLOB_HEAD = 16;
const BLOB_TAIL = 12;

/**
 * The headers in an NDB database (`Packages.db` of SUSE), each checked against its sum; a string says
 * what could not be read.
 *
 * @throws DamagedDatabaseError when it is no such database
 */
export function* readNdbBlobs(bytes: Buffer): Generator<Buffer | string> {
  if (bytes.length < PAGE_SIZE || bytes.toString('latin1', 0, 4) !== HEADER_MAGIC) {
    throw new DamagedDatabaseError('no NDB database');
  }
  const version = bytes.readUInt32LE(4);
  if (version !== 0) throw new DamagedDatabaseError(`an NDB database of version ${version}`);
  const end = bytes.readUInt32LE(12) * PAGE_SIZE;
  if (end > bytes.length) throw new DamagedDatabaseError('it ends within its list of packages');

  const used = new Set<number>();
  for (let at = HEADER_SIZE; at < end; at += SLOT_SIZE) {
    const slot = readSlot(bytes, at);
    if (!slot) yield `entry ${at / SLOT_SIZE} of its list is damaged`;
    else if (slot.block !== 0) yield readBlob(bytes, slot, used) ?? `package ${slot.id} is damaged`;
  }
}

interface Slot {
  readonly id: number;
  /** Where its blob begins and how long it is, in blocks; 0 for a slot that is free. */
  readonly block: number;
  readonly blocks: number;
}

function readSlot(bytes: Buffer, at: number): Slot | undefined {
  if (bytes.toString('latin1', at, at + 4) !== SLOT_MAGIC) return undefined;
  return {
    id: bytes.readUInt32LE(at + 4),
    block: bytes.readUInt32LE(at + 8),
    blocks: bytes.readUInt32LE(at + 12),
  };
}

function readBlob(
  bytes: Buffer,
  { id, block, blocks }: Slot,
  used: Set<number>,
): Buffer | undefined {
  // Two slots for one place would make a small file a large one.
  if (used.has(block)) return undefined;
  used.add(block);
  const start = block * BLOCK_SIZE;
  const end = start + blocks * BLOCK_SIZE;
  if (end > bytes.length || end - start < BLOB_HEAD + BLOB_TAIL) return undefined;
  const tail = end - BLOB_TAIL;
  const length = bytes.readUInt32LE(start + 12);
  const isWhole =
    bytes.toString('latin1', start, start + 4) === BLOB_MAGIC &&
    bytes.readUInt32LE(start + 4) === id &&
    start + BLOB_HEAD + length <= tail &&
    bytes.readUInt32LE(tail) === adler32(bytes.subarray(start, tail)) &&
    bytes.readUInt32LE(tail + 4) === length &&
    bytes.toString('latin1', tail + 8, end) === BLOB_END_MAGIC;
  return isWhole ? bytes.subarray(start + BLOB_HEAD, start + BLOB_HEAD + length) : undefined;
}

/** RFC 1950, section 8.2. */
function adler32(bytes: Buffer): number {
  let first = 1;
  let second = 0;
  // As many bytes as the sums hold before they have to be reduced.
  for (let at = 0; at < bytes.length; at += 3800) {
    for (const byte of bytes.subarray(at, at + 3800)) {
      first += byte;
      second += first;
    }
    first %= 65_521;
    second %= 65_521;
  }
  return second * 65_536 + first;
}
