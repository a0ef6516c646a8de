import { DamagedDatabaseError } from './damaged-database-error.ts';

/** The lowest bit tells in which byte order its sums are made. */
const MAGIC = 0x377f0682;
const HEADER_SIZE = 32;
const FRAME_HEADER_SIZE = 24;

/**
 * The pages that a write-ahead log holds in the place of the database's: those up to the last
 * transaction that was committed, the newest of each. rpm leaves its log beside the database, and what it
 * installed last may stand there alone (https://www.sqlite.org/fileformat2.html#walformat).
 *
 * @throws DamagedDatabaseError when it is no log of that database
 */
export function readWriteAheadLog(log: Buffer): ReadonlyMap<number, Buffer> {
  const committed = new Map<number, Buffer>();
  let pending: Frame[] = [];
  for (const frame of readFrames(log)) {
    pending.push(frame);
    if (!frame.isCommit) continue;
    for (const { number, page } of pending) committed.set(number, page);
    pending = [];
  }
  return committed;
}

interface Frame {
  readonly number: number;
  readonly page: Buffer;
  /** Whether a transaction ends with it. */
  readonly isCommit: boolean;
}

/** The frames of the log's present use; what follows is left of an earlier one, or was never finished. */
function* readFrames(log: Buffer): Generator<Frame> {
  if (log.length === 0) return;
  const order = log.length < HEADER_SIZE ? undefined : log.readUInt32BE(0) - MAGIC;
  if (order !== 0 && order !== 1) {
    throw new DamagedDatabaseError('its write-ahead log is none');
  }
  const sum = createSum(order === 1);
  sum.add(log.subarray(0, 24));
  if (!sum.is(log, 24)) throw new DamagedDatabaseError('its write-ahead log is damaged');

  const pageSize = log.readUInt32BE(8);
  const salt = log.subarray(16, 24);
  const size = FRAME_HEADER_SIZE + pageSize;
  for (let at = HEADER_SIZE; at + size <= log.length; at += size) {
    const page = log.subarray(at + FRAME_HEADER_SIZE, at + size);
    sum.add(log.subarray(at, at + 8));
    sum.add(page);
    if (!log.subarray(at + 8, at + 16).equals(salt) || !sum.is(log, at + 16)) return;
    yield { number: log.readUInt32BE(at), page, isCommit: log.readUInt32BE(at + 4) !== 0 };
  }
}

/** The running sum of a log ("Checksum Algorithm"). */
function createSum(isBigEndian: boolean): {
  add(bytes: Buffer): void;
  is(log: Buffer, at: number): boolean;
} {
  let first = 0;
  let second = 0;
  const word = (bytes: Buffer, at: number) =>
    isBigEndian ? bytes.readUInt32BE(at) : bytes.readUInt32LE(at);
  return {
    add(bytes) {
      for (let at = 0; at + 8 <= bytes.length; at += 8) {
        first = (first + word(bytes, at) + second) >>> 0;
        second = (second + word(bytes, at + 4) + first) >>> 0;
      }
    },
    is: (log, at) => log.readUInt32BE(at) === first && log.readUInt32BE(at + 4) === second,
  };
}
