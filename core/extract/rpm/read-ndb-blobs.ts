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
  let left = bytes.length;
  for (const slot of readSlots(bytes)) {
    const place = typeof slot === 'string' ? undefined : findBlob(bytes, slot);
    // Two slots for one place would make a small file a large one.
    left -= place?.length ?? 0;
    if (left < 0) throw new DamagedDatabaseError('packages that lie over each other');
    if (typeof slot === 'string') yield slot;
    else yield (place && readBlob(place)) ?? `package ${slot.id} is damaged`;
  }
}

interface Slot {
  readonly id: number;
  /** Where its blob begins and how long it is, in blocks. */
  readonly block: number;
  readonly blocks: number;
}

/** The slots that are in use. */
function* readSlots(bytes: Buffer): Generator<Slot | string> {
  if (bytes.length < PAGE_SIZE || bytes.toString('latin1', 0, 4) !== HEADER_MAGIC) {
    throw new DamagedDatabaseError('no NDB database');
  }
  const version = bytes.readUInt32LE(4);
  if (version !== 0) throw new DamagedDatabaseError(`an NDB database of version ${version}`);
  const end = bytes.readUInt32LE(12) * PAGE_SIZE;
  if (end > bytes.length) throw new DamagedDatabaseError('it ends within its list of packages');

  for (let at = HEADER_SIZE; at < end; at += SLOT_SIZE) {
    if (bytes.toString('latin1', at, at + 4) !== SLOT_MAGIC) {
      yield `entry ${at / SLOT_SIZE} of its list is damaged`;
      continue;
    }
    const block = bytes.readUInt32LE(at + 8);
    if (block === 0) continue;
    yield { id: bytes.readUInt32LE(at + 4), block, blocks: bytes.readUInt32LE(at + 12) };
  }
}

/** All of a slot's blob, if it begins and ends as one. */
function findBlob(bytes: Buffer, { id, block, blocks }: Slot): Buffer | undefined {
  const start = block * BLOCK_SIZE;
  const place = bytes.subarray(start, start + blocks * BLOCK_SIZE);
  if (place.length !== blocks * BLOCK_SIZE || place.length < BLOB_HEAD + BLOB_TAIL)
    return undefined;
  const tail = place.subarray(-BLOB_TAIL);
  const isBlob =
    place.toString('latin1', 0, 4) === BLOB_MAGIC &&
    place.readUInt32LE(4) === id &&
    place.readUInt32LE(12) === tail.readUInt32LE(4) &&
    tail.toString('latin1', 8) === BLOB_END_MAGIC;
  return isBlob ? place : undefined;
}

/** What a blob holds, if its sum is right. */
function readBlob(place: Buffer): Buffer | undefined {
  const tail = place.length - BLOB_TAIL;
  const end = BLOB_HEAD + place.readUInt32LE(12);
  const isWhole = end <= tail && place.readUInt32LE(tail) === adler32(place.subarray(0, tail));
  return isWhole ? place.subarray(BLOB_HEAD, end) : undefined;
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
