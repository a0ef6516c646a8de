import { readFileSync } from 'node:fs';
import { readLayer } from '../../adapters/registry/read-layer.ts';
import type { Capture } from '../../core/image/capture.ts';
import type { FileTree } from '../../core/image/file-tree.ts';
import { mergeLayers } from '../../core/image/overlay.ts';
import { inPieces, promise, type TestEntry, tarOf } from './layers.ts';

/** This machine's name of its processor, as images have it. */
export const ARCHITECTURE = process.arch === 'arm64' ? 'arm64' : 'amd64';
export const OTHER_ARCHITECTURE = ARCHITECTURE === 'amd64' ? 'arm64' : 'amd64';

/** Debian's folder of libraries on this machine. */
export const MULTIARCH = ARCHITECTURE === 'amd64' ? 'x86_64-linux-gnu' : 'aarch64-linux-gnu';

/** The loader that programs of this machine name, without its leading slash. */
export const LOADER =
  ARCHITECTURE === 'amd64' ? 'lib64/ld-linux-x86-64.so.2' : 'lib/ld-linux-aarch64.so.1';

/** The libraries that Node is linked against, by the names it asks for. */
const LIBRARIES = [
  'libc.so.6',
  'libm.so.6',
  'libdl.so.2',
  'libpthread.so.0',
  'libstdc++.so.6',
  'libgcc_s.so.1',
];

export function program(name: string, text: string | Buffer): TestEntry {
  return { name, text, mode: 0o755 };
}

/** Node, a real program of the GNU C library, under this name. */
export function nodeProgram(name = 'usr/bin/node'): TestEntry {
  return program(name, readFileSync(process.execPath));
}

/** The loader and the libraries of this machine in Debian's folder, but those that are left out. */
export function realLibraries(...without: readonly string[]): TestEntry[] {
  return [
    program(LOADER, readFileSync(`/${LOADER}`)),
    ...LIBRARIES.filter((name) => !without.includes(name)).map((name) =>
      program(`usr/lib/${MULTIARCH}/${name}`, readFileSync(`/usr/lib/${MULTIARCH}/${name}`)),
    ),
  ];
}

/** A layer read as any other is: what is kept of it, not all of its bytes. */
export async function readEntries(entries: readonly TestEntry[]): Promise<Capture> {
  const tar = await tarOf(entries);
  return readLayer(inPieces(tar), promise(tar, tar, 'none'));
}

/** An image of layers that were read, or are to be. */
export async function readImage(
  ...layers: readonly (Capture | readonly TestEntry[])[]
): Promise<FileTree> {
  const captures = layers.map((each) => ('diffId' in each ? each : readEntries(each)));
  return mergeLayers(await Promise.all(captures)).tree;
}
