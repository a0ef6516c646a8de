import { quote } from '../../core/extract/token.ts';
import { MalformedLayerError, TooLargeError } from '../../core/image/errors.ts';
import { CAPABILITY, checkLength, parsePaxRecords, paxNumber } from './pax-records.ts';
import { hasSparseRecords, type PaxSparse, readPaxSparse } from './pax-sparse.ts';
import {
  decodeName,
  decodeOldGnuSparse,
  decodeTarHeader,
  encodeName,
  isSparseMapExtended,
  isZeroBlock,
  TAR_BLOCK,
  type TarHeader,
} from './tar-header.ts';

/** One entry with its extended headers applied. */
export interface TarEntry extends TarHeader {
  /** A sparse file: what follows is its map and pieces, not its bytes. */
  readonly isSparse: boolean;
  /** Bytes from the archive's start to the entry's data. */
  readonly offset: number;
  /** Value of the extended attribute `security.capability`; `undefined` when there is none. */
  readonly capability: Buffer | undefined;
}

/** Takes one entry's bytes, piece by piece; a piece is only good until `write` returns. */
export interface TarSink {
  write(bytes: Buffer): void;
  end(): void;
}

/** What a reader tells about an archive, in its order. */
export interface TarVisitor {
  /** An entry; gives back a sink if its bytes are wanted. */
  entry(entry: TarEntry): TarSink | undefined;
  /** Something unusual that does not stop the reading. */
  problem(path: string, reason: string): void;
}

/** Longest pax or GNU header we keep in memory, bytes; Go's archive/tar has the same. */
const EXTENSION_LIMIT = 1024 * 1024;

/** Types whose size field is not followed by data (archive/tar: `isHeaderOnly`). */
const HEADER_ONLY = new Set(['1', '2', '3', '4', '5', '6']);

/** Records that a global header would change entries with, were it applied. */
const TELLING_RECORDS = ['path', 'linkpath', 'size', 'uid', 'gid', 'GNU.sparse.name'];

const NO_RECORDS: ReadonlyMap<string, string> = new Map();

function readCapability(records: ReadonlyMap<string, string>): Buffer | undefined {
  const value = records.get(CAPABILITY);
  return value === undefined ? undefined : encodeName(value);
}

/**
 * Reads a tar archive that comes in pieces, holding one block and one extended header at
 * most. It takes and refuses what Go's archive/tar does, since the container runtimes
 * unpack with it: pax and GNU long names, base-256, sparse files, no end-of-archive blocks.
 */
export class TarReader {
  readonly #visitor: TarVisitor;
  readonly #partial = Buffer.alloc(TAR_BLOCK);
  #filled = 0;
  /** Bytes of the present entry, then of its padding, that are still to come. */
  #remaining = 0;
  #padding = 0;
  #sink: TarSink | undefined;
  #state: 'header' | 'sparse map' | 'end' | 'tail' | 'ignored' = 'header';
  #sparse: { readonly header: TarHeader; readonly realSize: number } | undefined;
  /** Bytes seen up to the end of the present block. */
  #offset = 0;
  #longName: string | undefined;
  #longLink: string | undefined;
  #pax: ReadonlyMap<string, string> = NO_RECORDS;

  constructor(visitor: TarVisitor) {
    this.#visitor = visitor;
  }

  /** Reads the next piece. @throws MalformedLayerError, TooLargeError */
  push(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.#remaining > 0) at += this.#takeData(chunk, at);
      else if (this.#padding > 0) at += this.#skipPadding(chunk.length - at);
      else at += this.#takeBlock(chunk, at);
    }
  }

  /** The archive is over. @throws MalformedLayerError when it was cut short */
  end(): void {
    // The last entry's padding may be missing: Go takes that too. What follows the end is no block.
    const isTail = this.#state === 'tail' || this.#state === 'ignored';
    if ((this.#filled > 0 && !isTail) || this.#remaining > 0) {
      throw new MalformedLayerError(`tar archive cut short after ${this.#offset} bytes`);
    }
    if (this.#state === 'sparse map' || this.#isAnnounced()) {
      throw new MalformedLayerError('tar archive ends before the entry it announced');
    }
  }

  #takeData(chunk: Buffer, at: number): number {
    const count = Math.min(this.#remaining, chunk.length - at);
    this.#sink?.write(chunk.subarray(at, at + count));
    this.#remaining -= count;
    this.#offset += count;
    if (this.#remaining === 0) this.#endData();
    return count;
  }

  #skipPadding(available: number): number {
    const count = Math.min(this.#padding, available);
    this.#padding -= count;
    this.#offset += count;
    return count;
  }

  #takeBlock(chunk: Buffer, at: number): number {
    if (this.#filled === 0 && chunk.length - at >= TAR_BLOCK) {
      this.#offset += TAR_BLOCK;
      this.#onBlock(chunk.subarray(at, at + TAR_BLOCK));
      return TAR_BLOCK;
    }
    const count = Math.min(TAR_BLOCK - this.#filled, chunk.length - at);
    chunk.copy(this.#partial, this.#filled, at, at + count);
    this.#filled += count;
    this.#offset += count;
    if (this.#filled === TAR_BLOCK) {
      this.#filled = 0;
      this.#onBlock(this.#partial);
    }
    return count;
  }

  #onBlock(block: Buffer): void {
    switch (this.#state) {
      case 'header':
        if (isZeroBlock(block)) this.#state = 'end';
        else this.#readHeader(block);
        break;
      case 'sparse map':
        this.#readSparseMap(block);
        break;
      case 'end':
        if (!isZeroBlock(block)) {
          throw new MalformedLayerError('tar archive goes on after a zero block');
        }
        this.#state = 'tail';
        break;
      case 'tail':
        if (isZeroBlock(block)) break;
        // No unpacker reads on after the end; what stands there may be meant for others.
        this.#visitor.problem('layer', 'bytes after the end of the tar archive were not read');
        this.#state = 'ignored';
        break;
      case 'ignored':
        break;
    }
  }

  #readHeader(block: Buffer): void {
    const header = decodeTarHeader(block);
    if (header.size < 0) throw new MalformedLayerError(`tar entry of ${header.size} bytes`);
    if (header.typeflag === 'x' || header.typeflag === 'g') this.#readPax(header);
    else if (header.typeflag === 'L' || header.typeflag === 'K') this.#readLongName(header);
    else if (header.typeflag === 'S') this.#readOldGnuSparse(header, block);
    else this.#startEntry(header);
  }

  #readPax(header: TarHeader): void {
    this.#collect(header, (bytes) => {
      const records = parsePaxRecords(bytes);
      if (header.typeflag === 'x') this.#pax = records;
      else this.#passGlobal(header, records);
    });
  }

  /** Docker and containerd leave global headers out, against POSIX: so do we. */
  #passGlobal({ name }: TarHeader, records: ReadonlyMap<string, string>): void {
    if (TELLING_RECORDS.some((key) => records.has(key))) {
      this.#visitor.problem(name, 'a global pax header that runtimes do not apply');
    }
    if (!this.#isAnnounced()) return;
    // To Go it is an entry like any other, and takes what was said of the next one.
    this.#forgetAnnounced();
    this.#visitor.problem(name, 'a global pax header before which runtimes drop another');
  }

  #isAnnounced(): boolean {
    return this.#pax.size > 0 || this.#longName !== undefined || this.#longLink !== undefined;
  }

  #forgetAnnounced(): void {
    this.#pax = NO_RECORDS;
    this.#longName = undefined;
    this.#longLink = undefined;
  }

  #readLongName(header: TarHeader): void {
    this.#collect(header, (bytes) => {
      const zero = bytes.indexOf(0);
      const name = checkLength('GNU name', zero === -1 ? bytes : bytes.subarray(0, zero));
      const text = decodeName(name);
      if (header.typeflag === 'L') this.#longName = text;
      else this.#longLink = text;
    });
  }

  #collect({ size }: TarHeader, done: (bytes: Buffer) => void): void {
    if (size > EXTENSION_LIMIT) {
      throw new TooLargeError(`extended tar header of ${size} bytes, limit ${EXTENSION_LIMIT}`);
    }
    const bytes = Buffer.alloc(size);
    let at = 0;
    this.#startData(size, {
      write(piece) {
        at += piece.copy(bytes, at);
      },
      end: () => done(bytes),
    });
  }

  #readOldGnuSparse(header: TarHeader, block: Buffer): void {
    const { realSize, isExtended } = decodeOldGnuSparse(block);
    if (isExtended) {
      this.#sparse = { header, realSize };
      this.#state = 'sparse map';
    } else {
      this.#startEntry(header, realSize);
    }
  }

  #readSparseMap(block: Buffer): void {
    if (isSparseMapExtended(block) || !this.#sparse) return;
    const { header, realSize } = this.#sparse;
    this.#state = 'header';
    this.#sparse = undefined;
    this.#startEntry(header, realSize);
  }

  #startEntry(header: TarHeader, sparseSize?: number): void {
    const pax = this.#pax;
    const name = this.#longName || (pax.get('path') ?? header.name);
    const stored = HEADER_ONLY.has(header.typeflag) ? 0 : (paxNumber(pax, 'size') ?? header.size);
    if (stored < 0) throw new MalformedLayerError(`tar entry of ${stored} bytes`);
    const sparse = this.#sparseOf(header, name, sparseSize);
    const entry: TarEntry = {
      name: sparse?.name ?? name,
      typeflag: this.#typeOf(header, name),
      mode: header.mode,
      uid: paxNumber(pax, 'uid') ?? header.uid,
      gid: paxNumber(pax, 'gid') ?? header.gid,
      size: sparse?.size ?? stored,
      link: this.#longLink || (pax.get('linkpath') ?? header.link),
      isSparse: sparse !== undefined,
      offset: this.#offset,
      capability: readCapability(pax),
    };
    this.#forgetAnnounced();
    this.#startData(stored, this.#visitor.entry(entry));
  }

  /** @param oldSize bytes that an old GNU header says: pax has no say in it then */
  #sparseOf({ typeflag }: TarHeader, name: string, oldSize?: number): PaxSparse | undefined {
    if (oldSize !== undefined) return { name: undefined, size: oldSize };
    const sparse = readPaxSparse(this.#pax);
    if (sparse && (HEADER_ONLY.has(typeflag) || (sparse.size ?? 0) < 0)) {
      throw new MalformedLayerError(`sparse tar entry of type ${quote(typeflag)}`);
    }
    if (!sparse && hasSparseRecords(this.#pax)) {
      this.#visitor.problem(name, 'says that it is sparse in a way that runtimes do not apply');
    }
    return sparse;
  }

  /** Archives older than POSIX have no type for folders: a slash ends their names. */
  #typeOf({ typeflag }: TarHeader, name: string): string {
    if (typeflag === 'S') return '0';
    if (typeflag !== '\0') return typeflag;
    return name.endsWith('/') ? '5' : '0';
  }

  #startData(size: number, sink: TarSink | undefined): void {
    this.#remaining = size;
    this.#padding = (TAR_BLOCK - (size % TAR_BLOCK)) % TAR_BLOCK;
    this.#sink = sink;
    if (size === 0) this.#endData();
  }

  #endData(): void {
    const sink = this.#sink;
    this.#sink = undefined;
    sink?.end();
  }
}
