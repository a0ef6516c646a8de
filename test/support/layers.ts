import { buffer } from 'node:stream/consumers';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { type Header, pack } from 'tar-stream';
import { type ExpectedLayer, readLayer } from '../../adapters/registry/read-layer.ts';
import type { Capture, LayerEntry } from '../../core/image/capture.ts';
import { digestOf } from '../../core/image/digest.ts';
import { WANTED_VERSION } from '../../core/image/wanted-files.ts';

export const LAYER_TYPES = {
  none: 'application/vnd.oci.image.layer.v1.tar',
  gzip: 'application/vnd.oci.image.layer.v1.tar+gzip',
  zstd: 'application/vnd.oci.image.layer.v1.tar+zstd',
};

/** An entry of a test's archive: a file with this text, a folder (name ends in `/`), or what `header` says. */
export type TestEntry =
  | string
  | readonly [name: string, text: string | Buffer]
  | ({ readonly name: string; readonly text?: string | Buffer } & Partial<Header>);

/** A tar archive written by tar-stream; every time and owner is 0 unless said. */
export async function tarOf(entries: readonly TestEntry[]): Promise<Buffer> {
  const archive = pack();
  for (const entry of entries) {
    const { text = '', ...header } = toHeader(entry);
    archive.entry({ mtime: new Date(0), uid: 0, gid: 0, ...header }, text);
  }
  archive.finalize();
  return buffer(archive);
}

function toHeader(entry: TestEntry): Partial<Header> & { name: string; text?: string | Buffer } {
  if (typeof entry === 'string') {
    return { name: entry, type: entry.endsWith('/') ? 'directory' : 'file' };
  }
  if ('name' in entry) return entry;
  return { name: entry[0], text: entry[1] };
}

export function symlink(name: string, linkname: string): TestEntry {
  return { name, linkname, type: 'symlink' };
}

export function hardLink(name: string, linkname: string): TestEntry {
  return { name, linkname, type: 'link' };
}

/** Bytes in pieces of a size. */
export async function* inPieces(bytes: Uint8Array, size = 65_536): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

export function packLayer(tar: Buffer, compression: keyof typeof LAYER_TYPES): Buffer {
  if (compression === 'gzip') return gzipSync(tar);
  return compression === 'zstd' ? zstdCompressSync(tar) : tar;
}

/** What an honest manifest and config say of a blob. */
export function promise(
  blob: Buffer,
  tar: Buffer,
  compression: keyof typeof LAYER_TYPES,
): ExpectedLayer {
  const mediaType = LAYER_TYPES[compression];
  return { digest: digestOf(blob), size: blob.length, mediaType, diffId: digestOf(tar) };
}

/** The capture of an archive with every file kept. */
export function captureAll(tar: Buffer): Promise<Capture> {
  return readLayer(inPieces(tar), promise(tar, tar, 'none'), undefined, () => true);
}

/** Captures of layers with every file kept, the lowest first. */
export async function captureLayers(
  ...layers: readonly (readonly TestEntry[])[]
): Promise<Capture[]> {
  return Promise.all(layers.map(async (entries) => captureAll(await tarOf(entries))));
}

/** A capture made of entries alone, as if nothing in it was wanted. */
export function captureOf(entries: readonly LayerEntry[]): Capture {
  const digest = digestOf(JSON.stringify(entries));
  return {
    wanted: WANTED_VERSION,
    layer: digest,
    diffId: digest,
    size: 0,
    unpackedSize: 0,
    entries,
    files: {},
    facts: {},
    problems: [],
  };
}
