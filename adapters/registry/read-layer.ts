import { createHash } from 'node:crypto';
import type { Capture } from '../../core/image/capture.ts';
import type { Digest } from '../../core/image/digest.ts';
import {
  DigestMismatchError,
  MalformedLayerError,
  TooLargeError,
} from '../../core/image/errors.ts';
import { isWanted, WANTED_VERSION } from '../../core/image/wanted-files.ts';
import { CaptureBuilder } from './capture-builder.ts';
import { decompress } from './decompress.ts';
import { LAYER_LIMITS, type LayerLimits, RATIO_FREE_BYTES } from './layer-limits.ts';
import { type Compression, compressionOf } from './layer-media-type.ts';
import { TarReader } from './tar-reader.ts';

/** What manifest and config promise of a layer. */
export interface ExpectedLayer {
  /** Of the blob. */
  readonly digest: Digest;
  /** Bytes of the blob. */
  readonly size: number;
  readonly mediaType: string;
  /** Digest of the archive in it (OCI image-spec config.md, `rootfs.diff_ids`). */
  readonly diffId: Digest;
}

/**
 * Streams a layer's blob into its capture, holding no more than the file table, the wanted
 * files and a few buffers. Errors of the blob's source pass through. A blob that is not
 * what its digest says is a mismatch even where it does not unpack: the layer may be fine.
 *
 * @throws DigestMismatchError, MalformedLayerError, TooLargeError, UnsupportedMediaTypeError
 */
export async function readLayer(
  blob: AsyncIterable<Uint8Array>,
  expected: ExpectedLayer,
  limits: LayerLimits = LAYER_LIMITS,
  wants: (path: string) => boolean = isWanted,
): Promise<Capture> {
  const compression = compressionOf(expected.mediaType);
  if (expected.size > limits.blobBytes) {
    throw new TooLargeError(
      `layer ${expected.digest} of ${expected.size} bytes, limit ${limits.blobBytes}`,
    );
  }
  const source = new CheckedBlob(blob, expected);
  const builder = new CaptureBuilder(limits, wants);
  try {
    const archive = await readArchive(source, compression, builder, expected, limits);
    await source.finish();
    const diffId = archive.diffId ?? source.digest;
    if (diffId !== expected.diffId) {
      throw new DigestMismatchError(`diff id of ${expected.digest}`, expected.diffId, diffId);
    }
    return {
      wanted: WANTED_VERSION,
      layer: expected.digest,
      diffId,
      size: expected.size,
      unpackedSize: archive.size,
      entries: builder.entries,
      files: builder.files(),
      facts: builder.facts(),
      problems: builder.problems(),
    };
  } catch (error) {
    // Throws in its turn when the blob is to blame.
    if (error instanceof MalformedLayerError) await source.finish(error);
    throw error;
  } finally {
    builder.close();
    await source.close();
  }
}

/** Reads the archive to its end; its digest is left to the source when nothing was packed. */
async function readArchive(
  source: AsyncIterable<Uint8Array>,
  compression: Compression,
  builder: CaptureBuilder,
  expected: ExpectedLayer,
  limits: LayerLimits,
): Promise<{ readonly size: number; readonly diffId: Digest | undefined }> {
  const tar = new TarReader(builder);
  const hash = compression === 'none' ? undefined : createHash('sha256');
  const ratioLimit = Math.max(RATIO_FREE_BYTES, expected.size * limits.ratio);
  let size = 0;
  for await (const chunk of decompress(source, compression)) {
    size += chunk.length;
    if (size > limits.unpackedBytes) {
      throw new TooLargeError(`layer unpacks to more than ${limits.unpackedBytes} bytes`);
    }
    if (size > ratioLimit) {
      throw new TooLargeError(`layer unpacks to more than ${limits.ratio} times its size`);
    }
    hash?.update(chunk);
    tar.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
  }
  tar.end();
  return { size, diffId: hash && `sha256:${hash.digest('hex')}` };
}

/** A blob that is hashed and counted as it is read, also by several readers in turn. */
class CheckedBlob implements AsyncIterable<Uint8Array> {
  readonly #blob: AsyncIterator<Uint8Array>;
  readonly #expected: ExpectedLayer;
  readonly #hash = createHash('sha256');
  #size = 0;
  #isOver = false;
  digest: Digest = '';

  constructor(blob: AsyncIterable<Uint8Array>, expected: ExpectedLayer) {
    this.#blob = blob[Symbol.asyncIterator]();
    this.#expected = expected;
  }

  /** Goes on where the last reader stopped; a reader that stops does not close the blob. */
  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    return { next: () => this.#next() };
  }

  /** Reads what is left and checks the whole. @throws DigestMismatchError */
  async finish(cause?: Error): Promise<void> {
    while (!this.#isOver) await this.#next();
    const { digest, size } = this.#expected;
    if (this.#size !== size) {
      throw withCause(
        new DigestMismatchError(`size of ${digest}`, `${size}`, `${this.#size}`),
        cause,
      );
    }
    if (this.digest !== digest) {
      throw withCause(new DigestMismatchError('layer', digest, this.digest), cause);
    }
  }

  /** Lets go of a blob that was not read to its end. */
  async close(): Promise<void> {
    if (!this.#isOver) await this.#blob.return?.();
  }

  async #next(): Promise<IteratorResult<Uint8Array>> {
    const next = this.#isOver
      ? ({ done: true, value: undefined } as const)
      : await this.#blob.next();
    if (next.done) {
      if (!this.#isOver) this.digest = `sha256:${this.#hash.digest('hex')}`;
      this.#isOver = true;
      return next;
    }
    this.#size += next.value.length;
    if (this.#size > this.#expected.size) {
      const { digest, size } = this.#expected;
      throw new DigestMismatchError(`size of ${digest}`, `${size}`, `more than ${size}`);
    }
    this.#hash.update(next.value);
    return next;
  }
}

function withCause(error: Error, cause: Error | undefined): Error {
  if (cause) error.cause = cause;
  return error;
}
