import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { createGzip, createZstdCompress } from 'node:zlib';
import type { ExpectedLayer } from '../../adapters/registry/read-layer.ts';
import { LAYER_TYPES } from './layers.ts';

/** A layer whose bytes are made while they are read: it may be larger than memory. */
export interface MadeLayer {
  readonly expected: ExpectedLayer;
  open(): AsyncIterable<Uint8Array>;
}

/** What a header says; a number may be any, a field may be longer than it has room for. */
export interface HeaderSpec {
  readonly name: string;
  /** @default a file */
  readonly typeflag?: string;
  readonly size?: number;
  readonly link?: string;
  readonly mode?: number;
  /** Raw bytes over the block, before its checksum. */
  readonly patch?: readonly (readonly [at: number, bytes: Buffer])[];
}

/** One header block with a right checksum. */
export function headerOf(spec: HeaderSpec): Buffer {
  const block = Buffer.alloc(512);
  block.write(spec.name, 0, 100, 'utf8');
  block.write(octal(spec.mode ?? 0o755, 8), 100, 'latin1');
  block.write(octal(0, 8), 108, 'latin1');
  block.write(octal(0, 8), 116, 'latin1');
  block.write(octal(spec.size ?? 0, 12), 124, 'latin1');
  block.write(octal(0, 12), 136, 'latin1');
  block.write(spec.typeflag ?? '0', 156, 'latin1');
  block.write(spec.link ?? '', 157, 100, 'utf8');
  block.write('ustar\x0000', 257, 'latin1');
  for (const [at, bytes] of spec.patch ?? []) bytes.copy(block, at);
  block.fill(' ', 148, 156);
  let sum = 0;
  for (const byte of block) sum += byte;
  block.write(octal(sum, 8), 148, 'latin1');
  return block;
}

/** Padded to whole blocks. */
export function padded(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)]);
}

/** A file, a folder or a link; long names as GNU writes them. */
export function entryOf(spec: Omit<HeaderSpec, 'size'>, bytes: Buffer = Buffer.alloc(0)): Buffer {
  const parts: Buffer[] = [];
  const long = (typeflag: string, text: string) => {
    const name = Buffer.from(`${text}\0`);
    parts.push(headerOf({ name: '././@LongLink', typeflag, size: name.length }), padded(name));
  };
  if (spec.name.length > 100) long('L', spec.name);
  if ((spec.link ?? '').length > 100) long('K', spec.link ?? '');
  return Buffer.concat([...parts, headerOf({ ...spec, size: bytes.length }), padded(bytes)]);
}

/** A pax header with these records, to stand before its entry. */
export function paxOf(records: Readonly<Record<string, Buffer | string>>): Buffer {
  const body = Buffer.concat(Object.entries(records).map(([key, value]) => record(key, value)));
  return Buffer.concat([headerOf({ name: 'pax', typeflag: 'x', size: body.length }), padded(body)]);
}

function record(key: string, value: Buffer | string): Buffer {
  const rest = Buffer.concat([Buffer.from(` ${key}=`), Buffer.from(value), Buffer.from('\n')]);
  let length = rest.length + 1;
  while (String(length).length + rest.length !== length)
    length = String(length).length + rest.length;
  return Buffer.concat([Buffer.from(String(length)), rest]);
}

function octal(value: number, width: number): string {
  return `${value.toString(8).padStart(width - 1, '0')}\0`;
}

const END = Buffer.alloc(1024);

/** A layer of these blocks, what its digests say being true. Reads them twice. */
export async function madeLayer(
  blocks: () => Iterable<Buffer>,
  compression: keyof typeof LAYER_TYPES = 'none',
): Promise<MadeLayer> {
  const diffId = createHash('sha256');
  function* archive() {
    for (const piece of gathered(blocks())) {
      yield piece;
    }
  }
  function* hashed() {
    for (const piece of archive()) {
      diffId.update(piece);
      yield piece;
    }
  }
  const digest = createHash('sha256');
  let size = 0;
  for await (const chunk of packed(hashed(), compression)) {
    digest.update(chunk);
    size += chunk.length;
  }
  return {
    expected: {
      digest: `sha256:${digest.digest('hex')}`,
      size,
      mediaType: LAYER_TYPES[compression],
      diffId: `sha256:${diffId.digest('hex')}`,
    },
    open: () => packed(archive(), compression),
  };
}

/** An image of one layer of these blocks. */
export async function one(
  blocks: readonly Buffer[] | (() => Iterable<Buffer>),
): Promise<MadeLayer[]> {
  return [await madeLayer(typeof blocks === 'function' ? blocks : () => blocks)];
}

/** An image of so many layers. */
export function layersOf(
  count: number,
  blocks: (index: number) => Iterable<Buffer>,
): Promise<MadeLayer[]> {
  return Promise.all(Array.from({ length: count }, (_, index) => madeLayer(() => blocks(index))));
}

/** So many blocks, each made when its turn comes. */
export function many(count: number, make: (index: number) => Buffer): () => Iterable<Buffer> {
  return function* () {
    for (let index = 0; index < count; index++) yield make(index);
  };
}

/** A file of so many bytes, which are a text again and again: nobody has to hold it whole. */
export function* longFile(name: string, size: number, fill: string): Generator<Buffer> {
  yield headerOf({ name, size });
  const piece = Buffer.alloc(fill.length * Math.ceil(PIECE / fill.length), fill);
  let left = size;
  for (; left > piece.length; left -= piece.length) yield piece;
  yield padded(piece.subarray(0, left));
}

const PIECE = 65_536;

/** In pieces of some size, with the end of the archive. */
function* gathered(blocks: Iterable<Buffer>): Generator<Buffer> {
  let pieces: Buffer[] = [];
  let size = 0;
  for (const block of blocks) {
    pieces.push(block);
    size += block.length;
    if (size < PIECE) continue;
    yield* pieces.length === 1 ? slices(block) : [Buffer.concat(pieces)];
    pieces = [];
    size = 0;
  }
  yield Buffer.concat([...pieces, END]);
}

/** As a connection would bring it. */
function* slices(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += PIECE) yield bytes.subarray(at, at + PIECE);
}

function packed(
  archive: Iterable<Buffer>,
  compression: keyof typeof LAYER_TYPES,
): AsyncIterable<Buffer> {
  const source = Readable.from(archive);
  if (compression === 'none') return source;
  return source.pipe(compression === 'gzip' ? createGzip() : createZstdCompress());
}
