import type { Transform } from 'node:stream';
import * as zlib from 'node:zlib';
import { MalformedLayerError } from '../../core/image/errors.ts';
import type { Compression } from './layer-media-type.ts';
import { cutFrames, type FramePiece } from './zstd-frames.ts';

/** Measured: 16 KB, the default, is a third slower; 128 KB is hardly faster and takes 10 MB more. */
const CHUNK_BYTES = 64 * 1024;

/** Lets the decoder's thread run ahead while we hash; bounds memory. */
const STREAM = { chunkSize: CHUNK_BYTES, highWaterMark: 4 * CHUNK_BYTES };

/** Frames up to this many packed bytes are unpacked in one go: `zstd:chunked` has thousands of them. */
const SMALL_FRAME_BYTES = 256 * 1024;
const SMALL_FRAME_OUTPUT_BYTES = 4 * 1024 * 1024;

/**
 * Unpacks a stream with bounded memory; several gzip members or zstd frames are one stream
 * (RFC 1952, section 2.2; RFC 8878, section 3). Errors of the source pass through.
 *
 * @throws MalformedLayerError, TooLargeError
 */
export function decompress(
  source: AsyncIterable<Uint8Array>,
  compression: Compression,
): AsyncIterable<Uint8Array> {
  switch (compression) {
    case 'none':
      return source;
    case 'gzip':
      return decode(source, zlib.createGunzip(STREAM));
    case 'zstd':
      return decodeFrames(cutFrames(source));
  }
}

async function* decodeFrames(pieces: AsyncGenerator<FramePiece>): AsyncGenerator<Uint8Array> {
  for (;;) {
    const head = await gatherFrame(pieces);
    if (head.length === 0) return;
    const whole = head.at(-1)?.isLast ? decodeSmallFrame(head) : undefined;
    if (whole) yield whole;
    else yield* decode(restOfFrame(head, pieces), zlib.createZstdDecompress(STREAM));
  }
}

/** The first pieces of the next frame; all of them if it is small. */
async function gatherFrame(pieces: AsyncGenerator<FramePiece>): Promise<FramePiece[]> {
  const head: FramePiece[] = [];
  let size = 0;
  // Not `for await`: leaving it would close the generator.
  for (let next = await pieces.next(); !next.done; next = await pieces.next()) {
    head.push(next.value);
    size += next.value.bytes.length;
    if (next.value.isLast || size > SMALL_FRAME_BYTES) break;
  }
  return head;
}

/** `undefined` when it unpacks to more than we hold at once. */
function decodeSmallFrame(head: readonly FramePiece[]): Buffer | undefined {
  try {
    return zlib.zstdDecompressSync(Buffer.concat(head.map(({ bytes }) => bytes)), {
      maxOutputLength: SMALL_FRAME_OUTPUT_BYTES,
    });
  } catch (cause) {
    if (cause instanceof RangeError) return undefined;
    throw malformed(cause);
  }
}

async function* restOfFrame(
  head: readonly FramePiece[],
  pieces: AsyncGenerator<FramePiece>,
): AsyncGenerator<Uint8Array> {
  for (const { bytes } of head) yield bytes;
  let isOver = head.at(-1)?.isLast;
  while (!isOver) {
    const next = await pieces.next();
    if (next.done) return;
    yield next.value.bytes;
    isOver = next.value.isLast;
  }
}

async function* decode(
  source: AsyncIterable<Uint8Array>,
  decoder: Transform,
): AsyncGenerator<Uint8Array> {
  const feeding = feed(source, decoder);
  try {
    yield* decoder as AsyncIterable<Buffer>;
  } catch (cause) {
    const failure = await feeding;
    throw failure ? failure.error : malformed(cause);
  } finally {
    decoder.destroy();
  }
  await feeding;
}

/** Writes the source into the decoder; resolves to what the source failed with, never rejects. */
async function feed(
  source: AsyncIterable<Uint8Array>,
  decoder: Transform,
): Promise<{ readonly error: unknown } | undefined> {
  try {
    for await (const chunk of source) {
      if (decoder.destroyed) return undefined;
      if (!decoder.write(chunk)) await untilReady(decoder);
    }
  } catch (error) {
    decoder.destroy(new Error('source failed'));
    return { error };
  }
  decoder.end();
  return undefined;
}

function untilReady(decoder: Transform): Promise<void> {
  if (decoder.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      decoder.off('drain', done);
      decoder.off('close', done);
      resolve();
    };
    decoder.on('drain', done);
    decoder.on('close', done);
  });
}

function malformed(cause: unknown): MalformedLayerError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new MalformedLayerError(`layer does not unpack: ${reason}`, { cause });
}
