import { MalformedLayerError, TooLargeError } from '../../core/image/errors.ts';

/** A part of a frame of data. */
export interface FramePiece {
  readonly bytes: Buffer;
  /** Whether the frame ends with it. */
  readonly isLast: boolean;
}

const MAGIC = 0xfd2fb528;
const MAGIC_BYTES = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);
const SKIPPABLE_MAGIC = 0x184d2a50;

/** What zstd itself takes without being told otherwise (`ZSTD_WINDOWLOG_LIMIT_DEFAULT`), bytes. */
const WINDOW_LIMIT = 2 ** 27;

type State = 'magic' | 'skippable size' | 'descriptor' | 'header' | 'block' | 'checksum' | 'body';

/** Bytes that each state needs before it can go on; the header's depends on its descriptor. */
const NEEDS: Readonly<Record<State, number>> = {
  magic: 4,
  'skippable size': 4,
  descriptor: 1,
  header: 0,
  block: 3,
  checksum: 4,
  body: 0,
};

/**
 * Cuts a zstd stream into its frames (RFC 8878, section 3) without unpacking them, leaving
 * out skippable ones. Node 24's decoder stops after the first frame of small inputs without
 * an error, so each frame needs a decoder of its own.
 *
 * @throws MalformedLayerError, TooLargeError a window that would not fit into memory
 */
export async function* cutFrames(source: AsyncIterable<Uint8Array>): AsyncGenerator<FramePiece> {
  const cutter = new FrameCutter();
  for await (const chunk of source) {
    yield* cutter.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
  }
  cutter.end();
}

class FrameCutter {
  #state: State = 'magic';
  readonly #field = Buffer.alloc(14);
  #filled = 0;
  #needed = NEEDS.magic;
  /** Bytes of the present block or skippable frame to pass over. */
  #body = 0;
  #isLastBlock = false;
  #hasChecksum = false;
  /** The whole content is the window; the header then says no window size. */
  #isSingleSegment = false;
  #isSkippable = false;
  #pieces: FramePiece[] = [];

  push(chunk: Buffer): readonly FramePiece[] {
    this.#pieces = [];
    let at = 0;
    let start = 0;
    while (at < chunk.length) {
      const isOutside = this.#isOutside();
      at += this.#state === 'body' ? this.#passBody(chunk.length - at) : this.#fill(chunk, at);
      const isFrameOver = !isOutside && this.#isOutside();
      // A frame's magic number is sent when it is known to be one.
      if (isOutside) start = at;
      if (isFrameOver) {
        this.#pieces.push({ bytes: chunk.subarray(start, at), isLast: true });
        start = at;
      }
    }
    if (start < at && !this.#isOutside()) {
      this.#pieces.push({ bytes: chunk.subarray(start, at), isLast: false });
    }
    return this.#pieces;
  }

  end(): void {
    if (this.#state !== 'magic' || this.#filled > 0) {
      throw new MalformedLayerError('zstd frame cut short');
    }
  }

  /** Between frames or in one that is skipped. */
  #isOutside(): boolean {
    return this.#isSkippable || this.#state === 'magic' || this.#state === 'skippable size';
  }

  #passBody(available: number): number {
    const count = Math.min(this.#body, available);
    this.#body -= count;
    if (this.#body === 0) this.#endBody();
    return count;
  }

  #fill(chunk: Buffer, at: number): number {
    const count = Math.min(this.#needed - this.#filled, chunk.length - at);
    chunk.copy(this.#field, this.#filled, at, at + count);
    this.#filled += count;
    if (this.#filled === this.#needed) {
      this.#filled = 0;
      this.#readField();
    }
    return count;
  }

  #expect(state: State, needed = NEEDS[state]): void {
    this.#state = state;
    this.#needed = needed;
  }

  #readField(): void {
    switch (this.#state) {
      case 'magic':
        this.#readMagic(this.#field.readUInt32LE(0));
        break;
      case 'skippable size':
        this.#isSkippable = true;
        this.#startBody(this.#field.readUInt32LE(0));
        break;
      case 'descriptor':
        this.#readDescriptor(this.#field[0] ?? 0);
        break;
      case 'header':
        this.#readHeader();
        break;
      case 'block':
        this.#readBlock(this.#field.readUIntLE(0, 3));
        break;
      case 'checksum':
        this.#expect('magic');
        break;
      case 'body':
        break;
    }
  }

  #readMagic(magic: number): void {
    if (magic === MAGIC) {
      this.#pieces.push({ bytes: MAGIC_BYTES, isLast: false });
      this.#expect('descriptor');
    } else if ((magic & 0xfffffff0) >>> 0 === SKIPPABLE_MAGIC) {
      this.#expect('skippable size');
    } else {
      throw new MalformedLayerError(`no zstd frame: magic number 0x${magic.toString(16)}`);
    }
  }

  /** Section 3.1.1.1.1: how long the rest of the header is. */
  #readDescriptor(descriptor: number): void {
    this.#isSingleSegment = (descriptor & 0x20) !== 0;
    this.#hasChecksum = (descriptor & 0x04) !== 0;
    if ((descriptor & 0x08) !== 0) throw new MalformedLayerError('zstd frame with a reserved bit');
    if ((descriptor & 0x03) !== 0) throw new MalformedLayerError('zstd frame needs a dictionary');
    const sizeFlag = descriptor >> 6;
    const sizeBytes = sizeFlag === 0 ? Number(this.#isSingleSegment) : 2 ** sizeFlag;
    this.#expect('header', sizeBytes + Number(!this.#isSingleSegment));
  }

  #readHeader(): void {
    const windowSize = this.#isSingleSegment
      ? readContentSize(this.#field, this.#needed)
      : readWindowSize(this.#field[0] ?? 0);
    if (windowSize > WINDOW_LIMIT) {
      throw new TooLargeError(`zstd window of ${windowSize} bytes, limit ${WINDOW_LIMIT}`);
    }
    this.#expect('block');
  }

  /** Section 3.1.1.2: last-block flag, type, size. A repeated byte (type 1) is stored once. */
  #readBlock(header: number): void {
    const type = (header >> 1) & 3;
    if (type === 3) throw new MalformedLayerError('zstd block of a reserved type');
    this.#isLastBlock = (header & 1) !== 0;
    this.#startBody(type === 1 ? 1 : header >> 3);
  }

  #startBody(length: number): void {
    this.#body = length;
    this.#expect('body');
    if (length === 0) this.#endBody();
  }

  #endBody(): void {
    if (this.#isSkippable) {
      this.#isSkippable = false;
      this.#expect('magic');
    } else if (!this.#isLastBlock) {
      this.#expect('block');
    } else {
      this.#expect(this.#hasChecksum ? 'checksum' : 'magic');
    }
  }
}

/** Section 3.1.1.1.4; the two-byte form counts from 256. */
function readContentSize(field: Buffer, length: number): number {
  if (length === 8) return Number(field.readBigUInt64LE(0));
  return field.readUIntLE(0, length) + (length === 2 ? 256 : 0);
}

/** Section 3.1.1.1.2. */
function readWindowSize(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >> 3));
  return base + (base / 8) * (descriptor & 7);
}
