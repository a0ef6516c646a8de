import { createHash } from 'node:crypto';
import type { ExpectedLayer } from '../adapters/registry/read-layer.ts';
import { createRandom } from './random.ts';

/** A layer whose bytes are made while they are read: no disk has to hold it. */
export interface StreamedLayer {
  readonly expected: ExpectedLayer;
  open(): Iterable<Uint8Array>;
}

/** How much of what a layer has. */
export interface LayerPlan {
  readonly seed: number;
  readonly files: number;
  /** Of all files together, about. */
  readonly bytes: number;
  /** Installed Python projects, with their lists of files. */
  readonly projects: number;
  /** Packages of dpkg, with their lists of files. */
  readonly packages: number;
}

const BLOCK = 512;
const PIECE = 64 * 1024;

/** Bytes that files are cut from: half noise, half text. */
const CONTENT = createContent();

/** A layer without compression, so that making it costs little; hashed once, and made again for whoever reads it. */
export function streamLayer(plan: LayerPlan): StreamedLayer {
  const hash = createHash('sha256');
  let size = 0;
  for (const piece of archiveOf(plan)) {
    hash.update(piece);
    size += piece.length;
  }
  const digest = `sha256:${hash.digest('hex')}`;
  const mediaType = 'application/vnd.oci.image.layer.v1.tar';
  return { expected: { digest, size, mediaType, diffId: digest }, open: () => archiveOf(plan) };
}

interface MadeFile {
  readonly path: string;
  readonly mode: number;
  /** Pieces that are its content. */
  readonly pieces: readonly Buffer[];
}

function* archiveOf(plan: LayerPlan): Generator<Buffer> {
  for (const { path, mode, pieces } of filesOf(plan)) {
    const size = pieces.reduce((total, piece) => total + piece.length, 0);
    yield headerOf(path, mode, size);
    for (const piece of pieces) {
      for (let at = 0; at < piece.length; at += PIECE) yield piece.subarray(at, at + PIECE);
    }
    if (size % BLOCK > 0) yield Buffer.alloc(BLOCK - (size % BLOCK));
  }
  yield Buffer.alloc(2 * BLOCK);
}

function* filesOf(plan: LayerPlan): Generator<MadeFile> {
  const random = createRandom(plan.seed);
  const { seed, files, projects, packages } = plan;
  yield {
    path: 'etc/os-release',
    mode: 0o644,
    pieces: [Buffer.from('ID=debian\nVERSION_ID="13"\n')],
  };
  if (packages > 0) yield* dpkgFiles(seed, packages);
  for (let index = 0; index < projects; index++) yield* projectFiles(seed, index);
  const rest = files - 2 * projects - packages;
  const mean = plan.bytes / rest;
  for (let index = 0; index < rest; index++) {
    // Of the exponential distribution: many small files, some large ones.
    const size = Math.floor(-Math.log(1 - random()) * mean);
    yield ordinaryFile(seed, index, size, random());
  }
}

/** One in a hundred is a library, one in fifty a script, the others are what they are. */
function ordinaryFile(seed: number, index: number, size: number, chance: number): MadeFile {
  const folder = `usr/lib/python3/dist-packages/package_${seed}_${index % 1999}/module_${index % 7}`;
  const content: Buffer[] = [];
  const isLibrary = index % 100 === 0;
  if (isLibrary) content.push(LIBRARY);
  else if (index % 50 === 1) content.push(SCRIPT);
  for (let left = size; left > 0; ) {
    const start = Math.floor(chance * (CONTENT.length - 1024));
    const piece = CONTENT.subarray(start, start + left);
    content.push(piece);
    left -= piece.length;
  }
  const path = `${folder}/${isLibrary ? `library_${index}.so` : `file_${index}.py`}`;
  return { path, mode: index % 10 === 0 || isLibrary ? 0o755 : 0o644, pieces: content };
}

function* dpkgFiles(seed: number, packages: number): Generator<MadeFile> {
  const stanzas: string[] = [];
  for (let index = 0; index < packages; index++) {
    const name = `library-${seed}-${index}`;
    stanzas.push(
      `Package: ${name}\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1.${index}-1\n`,
    );
    const files = listOf(200, (file) => `/usr/share/${name}/some/folder/file-${file}`);
    yield { path: `var/lib/dpkg/info/${name}.list`, mode: 0o644, pieces: [Buffer.from(files)] };
  }
  const status = Buffer.from(stanzas.join('\n'));
  yield { path: 'var/lib/dpkg/status', mode: 0o644, pieces: [status] };
}

function* projectFiles(seed: number, index: number): Generator<MadeFile> {
  const name = `project-${seed}-${index}`;
  const folder = `usr/lib/python3/dist-packages/${name}-1.0.${index}.dist-info`;
  const metadata = `Metadata-Version: 2.1\nName: ${name}\nVersion: 1.0.${index}\n\n`;
  const text = CONTENT.subarray(0, 4096);
  yield { path: `${folder}/METADATA`, mode: 0o644, pieces: [Buffer.from(metadata), text] };
  const files = listOf(100, (file) => `${name}/module_${file}.py,sha256=abcdefgh${file},1234`);
  yield { path: `${folder}/RECORD`, mode: 0o644, pieces: [Buffer.from(files)] };
}

function listOf(count: number, line: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => `${line(index)}\n`).join('');
}

function headerOf(path: string, mode: number, size: number): Buffer {
  const block = Buffer.alloc(BLOCK);
  // ustar's prefix: paths here have a folder that fits.
  const cut = path.length > 100 ? path.lastIndexOf('/') : -1;
  block.write(path.slice(cut + 1), 0, 'latin1');
  if (cut > 0) block.write(path.slice(0, cut), 345, 'latin1');
  block.write(`${octal(mode, 7)}\0${octal(0, 7)}\0${octal(0, 7)}\0`, 100, 'latin1');
  block.write(`${octal(size, 11)}\0${octal(0, 11)}\0        0`, 124, 'latin1');
  block.write('ustar\x0000', 257, 'latin1');
  let sum = 0;
  for (const byte of block) sum += byte;
  block.write(`${octal(sum, 6)}\0 `, 148, 'latin1');
  return block;
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, '0');
}

const SCRIPT = Buffer.from('#!/usr/bin/env python3\nimport sys\n');

/** The header of a library for amd64 without anything in it. */
const LIBRARY = createLibrary();

function createLibrary(): Buffer {
  const bytes = Buffer.alloc(120);
  Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]).copy(bytes);
  bytes.writeUInt16LE(3, 16);
  bytes.writeUInt16LE(62, 18);
  bytes.writeBigUInt64LE(64n, 32);
  bytes.writeUInt16LE(56, 54);
  bytes.writeUInt16LE(1, 56);
  // One segment to load: the first 64 KiB, as far as there are as many.
  bytes.writeUInt32LE(1, 64);
  bytes.writeUInt32LE(4, 68);
  bytes.writeBigUInt64LE(65_536n, 96);
  return bytes;
}

function createContent(): Buffer {
  const random = createRandom(2026);
  const content = Buffer.alloc(8 * 1024 * 1024);
  for (let at = 0; at < content.length; at += 4) {
    const isNoise = Math.floor(at / 4096) % 2 === 0;
    content.writeUInt32LE(isNoise ? Math.floor(random() * 2 ** 32) : 0x20746578, at);
  }
  return content;
}
