import { createHash } from 'node:crypto';
import { constants, gunzipSync, zstdCompress, zstdDecompress, zstdDecompressSync } from 'node:zlib';
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

/** What zlib hands out at once: a whole block, mostly; its own 16 KiB would call back some times for each. */
const CHUNK = { chunkSize: 68 * 1024 };

/** The same of what lives minutes: its texts are larger. */
const LARGE_CHUNK = { chunkSize: 128 * 1024 };

const FASTEST = { ...LARGE_CHUNK, params: { [constants.ZSTD_c_compressionLevel]: 1 } };

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
    zstdDecompress(bytes, LARGE_CHUNK, (error, text) =>
      error ? reject(error) : resolve(text.toString('utf8')),
    );
  });
}

/** Higher levels hardly shrink such lines further; the checksum makes a flipped bit an error. */
const KEPT = {
  ...CHUNK,
  params: { [constants.ZSTD_c_compressionLevel]: 1, [constants.ZSTD_c_checksumFlag]: 1 },
};

/** To zstd, off the main thread. */
function pack(text: Uint8Array): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    zstdCompress(text, KEPT, (error, bytes) =>
      error ? reject(error) : resolve(new Uint8Array(bytes)),
    );
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

/** What a gzip member begins with: blocks were those before `snapshot/3`. */
const GZIP_MAGIC = Buffer.from([0x1f, 0x8b]);

/**
 * The text of a block, its lines apart by line feeds. At once: to hand a block to another
 * thread takes as long as to unpack it.
 *
 * @throws MalformedObjectError
 */
export function unpackBlock(bytes: Uint8Array): Buffer {
  const isGzip = GZIP_MAGIC.equals(bytes.subarray(0, GZIP_MAGIC.length));
  try {
    return (isGzip ? gunzipSync : zstdDecompressSync)(bytes, CHUNK);
  } catch (cause) {
    throw new MalformedObjectError('broken block', { cause });
  }
}

/**
 * The lines of a block that begin with one of `keys` and a tab, by key. `keys` are sorted as
 * the lines are, and looked for one after the other: most lines are of no use to anybody.
 */
export function linesByKey(block: Buffer, keys: readonly string[]): (readonly [string, string])[] {
  // A character for each byte: places in the text are places in the block.
  const text = block.toString('latin1');
  const found: (readonly [string, string])[] = [];
  let from = 0;
  for (const key of keys) {
    const prefix = `${Buffer.from(key).toString('latin1')}\t`;
    const start = text.startsWith(prefix, from) ? from : text.indexOf(`\n${prefix}`, from) + 1;
    if (start === 0 && !text.startsWith(prefix)) continue;
    let end = start;
    do end = lineEnd(text, end + 1);
    while (text.startsWith(prefix, end + 1));
    found.push([key, block.toString('utf8', start, end)]);
    from = end + 1;
  }
  return found;
}

function lineEnd(text: string, at: number): number {
  const feed = text.indexOf('\n', at);
  return feed < 0 ? text.length : feed;
}

/** A block, and which of the keys that are asked for may be in it. */
export interface AskedBlock {
  readonly ref: BlockRef;
  readonly keys: readonly string[];
}

/** The blocks that may hold one of `keys` (sorted): a key may begin in the tail of one and fill the next. */
export function blocksWith(refs: readonly BlockRef[], keys: readonly string[]): AskedBlock[] {
  const blocks: AskedBlock[] = [];
  let first = 0;
  for (const [place, ref] of refs.entries()) {
    const next = refs[place + 1]?.[0];
    while (first < keys.length && (keys[first] ?? '') < ref[0]) first++;
    let end = first;
    while (end < keys.length && (next === undefined || (keys[end] ?? '') <= next)) end++;
    if (end > first) blocks.push({ ref, keys: keys.slice(first, end) });
  }
  return blocks;
}

function refsOf(firsts: readonly string[], bytes: readonly Uint8Array[]): BlockRef[] {
  let end = 0;
  return bytes.map((block, index) => {
    const start = end;
    end += block.length;
    return [firsts[index] ?? '', start, end];
  });
}
