import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { type Digest, digestOf } from '../../core/image/digest.ts';
import { type Descriptor, MEDIA_TYPES } from '../../core/image/manifest.ts';
import type { EmbeddedRegistry } from '../../local/registry/start-registry.ts';

const LAYER = 'application/vnd.oci.image.layer.v1.tar+gzip';

/** An image as it is pushed. */
export interface BuiltImage {
  readonly manifest: Uint8Array;
  readonly mediaType: string;
  readonly digest: Digest;
  readonly config: Uint8Array;
  readonly configDescriptor: Descriptor;
  readonly layer: Uint8Array;
  readonly layerDescriptor: Descriptor;
  readonly diffId: Digest;
}

/** An image of one gzip layer that holds these files. */
export async function anImage(files: Record<string, string> = { 'etc/os-release': 'ID=wolfi\n' }) {
  const archive = await tarOf(files);
  const layer = Uint8Array.from(gzipSync(archive));
  const diffId = digestOf(archive);
  const config = bytesOf({
    architecture: 'amd64',
    os: 'linux',
    config: {},
    rootfs: { type: 'layers', diff_ids: [diffId] },
  });
  const configDescriptor = descriptorOf(MEDIA_TYPES.ociConfig, config);
  const layerDescriptor = descriptorOf(LAYER, layer);
  const mediaType = MEDIA_TYPES.ociManifest;
  const manifest = bytesOf({
    schemaVersion: 2,
    mediaType,
    config: configDescriptor,
    layers: [layerDescriptor],
  });
  const digest = digestOf(manifest);
  return { manifest, mediaType, digest, config, configDescriptor, layer, layerDescriptor, diffId };
}

/** Pushes an image in process; its digest. */
export async function pushImage(
  registry: EmbeddedRegistry,
  reference: { readonly registry: string; readonly repository: string; readonly tag?: string },
  image: BuiltImage,
): Promise<Digest> {
  const { registry: host, repository, tag = 'latest' } = reference;
  await registry.putBlob(host, repository, image.config);
  await registry.putBlob(host, repository, image.layer);
  return await registry.putManifest(host, repository, tag, image.manifest, image.mediaType);
}

/** JSON as bytes. */
export function bytesOf(json: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(json));
}

export function descriptorOf(mediaType: string, bytes: Uint8Array): Descriptor {
  return { mediaType, digest: digestOf(bytes), size: bytes.byteLength };
}

async function tarOf(files: Record<string, string>): Promise<Uint8Array> {
  const archive = pack();
  for (const [name, text] of Object.entries(files)) {
    archive.entry({ name, mtime: new Date(0) }, text);
  }
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
