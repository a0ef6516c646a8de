import { createHash } from 'node:crypto';
import { constants, gunzip, gzip, zstdCompress, zstdDecompress } from 'node:zlib';
import { MalformedObjectError } from '../object/json-object.ts';

/** Where a block of sorted lines lies: the key of its first line, its bytes from `start` to `end` (excluded). */
export type BlockRef = readonly [first: string, start: number, end: number];

/** Sorted lines in compressed blocks. */
export interface Blocks {
  readonly refs: readonly BlockRef[];
  readonly bytes: readonly Uint8Array[];
  /** SHA-256 of the lines, in hex; says nothing of how they were compressed. */
  readonly hash: string;
}

/** Raw size at which a block is closed (characters). */
const BLOCK_SIZE = 64 * 1024;

/** Blocks compressed at once: enough for the thread pool, little memory. */
const IN_FLIGHT = 8;

/** What zlib hands out at once; its own 16 KiB would call back a dozen times a block. */
const CHUNK = { chunkSize: 128 * 1024 };

const FASTEST = { ...CHUNK, params: { [constants.ZSTD_c_compressionLevel]: 1 } };

/** Text compressed, off the main thread, for what lives minutes: an eighth of gzip's time. */
export function packTemporary(text: string): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    zstdCompress(text, FASTEST, (error, bytes) =>
      // A copy of its own size: zlib's is a view into all that it had set aside.
      error ? reject(error) : resolve(new Uint8Array(bytes)),
    );
  });
}

/** The reverse of `packTemporary`. */
export function unpackTemporary(bytes: Uint8Array): Promise<string> {
  return new Promise((resolve, reject) => {
    zstdDecompress(bytes, CHUNK, (error, text) =>
      error ? reject(error) : resolve(text.toString('utf8')),
    );
  });
}

/** To gzip, off the main thread. */
function pack(text: Uint8Array): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    gzip(text, CHUNK, (error, bytes) => (error ? reject(error) : resolve(new Uint8Array(bytes))));
  });
}

/** A copy of its own: V8 cuts a text as a view, which would keep the whole it was cut from. */
export function detach(text: string): string {
  return Buffer.from(text, 'utf8').toString('utf8');
}

/** Packs sorted lines into blocks of about 64 KiB; `keyOf` says what a line is found by. */
export async function packBlocks(
  batches: AsyncIterable<readonly string[]>,
  keyOf: (line: string) => string,
): Promise<Blocks> {
  const hash = createHash('sha256');
  const firsts: string[] = [];
  const packing: Promise<Uint8Array>[] = [];
  let lines: string[] = [];
  let size = 0;

  async function close(): Promise<void> {
    // Bytes at once: both the hash and the compression would make them of a text.
    const text = Buffer.from(`${lines.join('\n')}\n`);
    hash.update(text);
    firsts.push(detach(keyOf(lines[0] ?? '')));
    packing.push(pack(text.subarray(0, -1)));
    lines = [];
    size = 0;
    await packing.at(-IN_FLIGHT);
  }

  for await (const batch of batches) {
    for (const line of batch) {
      lines.push(line);
      size += line.length + 1;
      if (size >= BLOCK_SIZE) await close();
    }
  }
  if (lines.length > 0) await close();
  const bytes = await Promise.all(packing);
  return { refs: refsOf(firsts, bytes), bytes, hash: hash.digest('hex') };
}

/** The lines of a block. @throws MalformedObjectError */
export function unpackBlock(bytes: Uint8Array): Promise<string[]> {
  return new Promise((resolve, reject) => {
    gunzip(bytes, CHUNK, (cause, text) =>
      cause
        ? reject(new MalformedObjectError('broken block', { cause }))
        : resolve(text.toString('utf8').split('\n')),
    );
  });
}

/** Indexes of the blocks that may hold a key: it may begin in the tail of one and fill the next. */
export function blocksWith(refs: readonly BlockRef[], key: string): number[] {
  const indexes: number[] = [];
  for (let index = Math.max(countBelow(refs, key) - 1, 0); index < refs.length; index++) {
    if ((refs[index]?.[0] ?? '') > key) break;
    indexes.push(index);
  }
  return indexes;
}

/** How many blocks begin below a key. */
function countBelow(refs: readonly BlockRef[], key: string): number {
  let low = 0;
  let high = refs.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((refs[middle]?.[0] ?? '') < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

function refsOf(firsts: readonly string[], bytes: readonly Uint8Array[]): BlockRef[] {
  let end = 0;
  return bytes.map((block, index) => {
    const start = end;
    end += block.length;
    return [firsts[index] ?? '', start, end];
  });
}
