import { execFileSync } from 'node:child_process';
import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { ImageSource } from '../../actions/ports.ts';
import type { Capture } from '../../core/image/capture.ts';
import { digestOf } from '../../core/image/digest.ts';
import type { FileTree } from '../../core/image/file-tree.ts';
import {
  type Descriptor,
  MEDIA_TYPES,
  parseImageConfig,
  parseManifest,
} from '../../core/image/manifest.ts';
import type { ImageReference } from '../../core/image/reference.ts';
import { LAYER_TYPES } from './layers.ts';

/** What a test compares: type, mode and owner as far as both sides know them, link text or content. */
export type Listing = Record<string, string>;

export const LOCAL: ImageReference = { registry: 'localhost', repository: 'image' };

export function hasProgram(name: string): boolean {
  try {
    execFileSync(name, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Writes plain layers as an OCI layout with one image, tagged `latest`. */
export function writeLayout(folder: string, tars: readonly Buffer[]): void {
  const blobs = join(folder, 'blobs/sha256');
  mkdirSync(blobs, { recursive: true });
  const put = (bytes: Buffer, mediaType: string): Descriptor => {
    const digest = digestOf(bytes);
    writeFileSync(join(blobs, digest.slice(7)), bytes);
    return { mediaType, digest, size: bytes.length };
  };
  const json = (document: unknown, mediaType: string) =>
    put(Buffer.from(JSON.stringify(document)), mediaType);
  const layers = tars.map((tar) => put(tar, LAYER_TYPES.none));
  const rootfs = { type: 'layers', diff_ids: layers.map(({ digest }) => digest) };
  const config = json({ architecture: 'amd64', os: 'linux', rootfs }, MEDIA_TYPES.ociConfig);
  const manifest = json({ schemaVersion: 2, config, layers }, MEDIA_TYPES.ociManifest);
  const annotations = { 'org.opencontainers.image.ref.name': 'latest' };
  const index = { schemaVersion: 2, manifests: [{ ...manifest, annotations }] };
  writeFileSync(join(folder, 'index.json'), JSON.stringify(index));
  writeFileSync(join(folder, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
}

/** Unpacks a layout's image; owners survive only as root. */
export function umociUnpack(layout: string, target: string, tag = 'latest'): void {
  const rootless = process.getuid?.() === 0 ? [] : ['--rootless'];
  run('umoci', 'raw', 'unpack', ...rootless, '--image', `${layout}:${tag}`, target);
}

export function run(program: string, ...args: readonly string[]): string {
  return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/** What lies in an unpacked image; links are not followed. */
export function listFolder(folder: string): Listing {
  return Object.fromEntries(listBelow(folder, '').sort(([a], [b]) => (a < b ? -1 : 1)));
}

function listBelow(folder: string, prefix: string): [path: string, what: string][] {
  return readdirSync(join(folder, prefix)).flatMap((name) => {
    const path = prefix + name;
    const at = join(folder, path);
    const stat = lstatSync(at);
    const mode = (stat.mode & 0o7777).toString(8);
    const owner = process.getuid?.() === 0 ? ` ${stat.uid}:${stat.gid}` : '';
    if (stat.isSymbolicLink()) return [[path, `link${owner} ${readlinkSync(at)}`]];
    if (stat.isDirectory()) {
      return [[path, `folder ${mode}${owner}`], ...listBelow(folder, `${path}/`)];
    }
    if (stat.isFile()) return [[path, `file ${mode}${owner} ${readFileSync(at, 'latin1')}`]];
    return [[path, `other ${mode}${owner}`]];
  });
}

/** The same of a merged tree whose files were all kept. */
export function listTree(tree: FileTree): Listing {
  return Object.fromEntries(
    [...tree.entries()].map(({ path, type, mode, uid, gid, size, link }) => {
      const owner = process.getuid?.() === 0 ? ` ${uid}:${gid}` : '';
      if (type === 'symlink') return [path, `link${owner} ${link}`];
      if (type === 'directory') return [path, `folder ${mode.toString(8)}${owner}`];
      const text = Buffer.from(tree.bytes(path) ?? Buffer.alloc(size)).toString('latin1');
      return [path, `${type} ${mode.toString(8)}${owner}${type === 'file' ? ` ${text}` : ''}`];
    }),
  );
}

/** The captures of a source's image, manifest and config read as an action would. */
export async function captureImage(
  source: ImageSource,
  reference: ImageReference = LOCAL,
): Promise<Capture[]> {
  const { digest, mediaType } = await source.resolve(reference);
  const { bytes } = await source.manifest(reference, digest);
  const manifest = parseManifest(bytes, mediaType);
  if (manifest.kind !== 'image') throw new Error('expected an image, got an index');
  const config = parseImageConfig(await source.blob(reference, manifest.config));
  return Promise.all(
    manifest.layers.map((layer, index) =>
      source.capture(reference, layer, config.rootfs.diff_ids[index] ?? ''),
    ),
  );
}
