import { type Digest, digestOf } from '../../core/image/digest.ts';
import { type Descriptor, MEDIA_TYPES } from '../../core/image/manifest.ts';
import { archiveLayer, byCodeUnits } from './layer-archive.ts';
import { layerEntries } from './layer-entries.ts';
import type { LayerSpec } from './layer-spec.ts';
import { type PlatformSpec, parsePlatformName } from './platform-spec.ts';
import { storeAsGzip, storeAsZstd } from './store-compressed.ts';

/** A manifest or index, ready to be put into a registry. */
export interface BuiltManifest {
  readonly digest: Digest;
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

/** One layer's blob. */
export interface BuiltLayer {
  readonly descriptor: Descriptor;
  readonly diffId: Digest;
  readonly bytes: Uint8Array;
}

/** One platform of a built image. */
export interface BuiltPlatform {
  /** `os/architecture[/variant]`. */
  readonly platform: string;
  readonly manifest: BuiltManifest;
  /** The base's first. */
  readonly layers: readonly BuiltLayer[];
}

/** An image as a registry stores it. */
export interface BuiltImage {
  /** What the tag points at: the index's digest, or the only manifest's. */
  readonly digest: Digest;
  readonly mediaType: string;
  /** In the order in which a registry takes them: the platforms', then the index. */
  readonly manifests: readonly BuiltManifest[];
  /** Configs and layers by digest, the base's layers included. */
  readonly blobs: ReadonlyMap<Digest, Uint8Array>;
  /** Sorted by platform. */
  readonly platforms: readonly BuiltPlatform[];
}

/** An image that cannot be built from what is there. */
export class ImageBuildError extends Error {
  override readonly name = 'ImageBuildError';
}

const LAYER_TYPES = {
  gzip: 'application/vnd.oci.image.layer.v1.tar+gzip',
  zstd: 'application/vnd.oci.image.layer.v1.tar+zstd',
  none: 'application/vnd.oci.image.layer.v1.tar',
} as const;

const COMPRESS = {
  gzip: storeAsGzip,
  zstd: storeAsZstd,
  none: (content: Uint8Array) => content,
} as const;

/**
 * Builds the real manifests, configs and layers of an image (OCI image-spec 1.1). The
 * same platforms on the same bases give the same bytes on every machine.
 *
 * @param baseOf the image that a `base` reference points at now
 * @throws ImageBuildError when a base, or the platform in it, is not there
 */
export async function buildImage(
  platforms: Readonly<Record<string, PlatformSpec>>,
  baseOf: (reference: string) => BuiltImage | undefined,
): Promise<BuiltImage> {
  const names = Object.keys(platforms).sort(byCodeUnits);
  const blobs = new Map<Digest, Uint8Array>();
  const built: BuiltPlatform[] = [];
  for (const name of names) {
    const spec = platforms[name];
    if (spec) built.push(await buildPlatform(name, spec, baseLayers(name, spec, baseOf), blobs));
  }
  const [first] = built;
  if (!first) throw new ImageBuildError('an image without a platform');
  const manifests = built.map(({ manifest }) => manifest);
  const head = built.length === 1 ? first.manifest : buildIndex(built);
  return {
    digest: head.digest,
    mediaType: head.mediaType,
    manifests: built.length === 1 ? manifests : [...manifests, head],
    blobs,
    platforms: built,
  };
}

function baseLayers(
  platform: string,
  { base }: PlatformSpec,
  baseOf: (reference: string) => BuiltImage | undefined,
): readonly BuiltLayer[] {
  if (base === undefined) return [];
  const layers = baseOf(base)?.platforms.find((each) => each.platform === platform)?.layers;
  if (!layers) throw new ImageBuildError(`no base ${JSON.stringify(base)} for ${platform}`);
  return layers;
}

async function buildPlatform(
  platform: string,
  spec: PlatformSpec,
  base: readonly BuiltLayer[],
  blobs: Map<Digest, Uint8Array>,
): Promise<BuiltPlatform> {
  const own: BuiltLayer[] = [];
  for (const layer of spec.layers) own.push(await buildLayer(layer, platform));
  const layers = [...base, ...own];
  for (const { descriptor, bytes } of layers) blobs.set(descriptor.digest, bytes);
  const config = encode({
    ...parsePlatformName(platform),
    config: spec.config ?? {},
    created: spec.created,
    rootfs: { type: 'layers', diff_ids: layers.map(({ diffId }) => diffId) },
  });
  blobs.set(digestOf(config), config);
  const bytes = encode({
    schemaVersion: 2,
    mediaType: MEDIA_TYPES.ociManifest,
    config: describeBytes(MEDIA_TYPES.ociConfig, config),
    layers: layers.map(({ descriptor }) => descriptor),
  });
  const manifest = { digest: digestOf(bytes), mediaType: MEDIA_TYPES.ociManifest, bytes };
  return { platform, manifest, layers };
}

async function buildLayer(layer: LayerSpec, platform: string): Promise<BuiltLayer> {
  const archive = await archiveLayer(layerEntries(layer, parsePlatformName(platform)));
  const bytes = COMPRESS[layer.compression](archive);
  return {
    descriptor: describeBytes(LAYER_TYPES[layer.compression], bytes),
    diffId: digestOf(archive),
    bytes,
  };
}

function buildIndex(platforms: readonly BuiltPlatform[]): BuiltManifest {
  const bytes = encode({
    schemaVersion: 2,
    mediaType: MEDIA_TYPES.ociIndex,
    manifests: platforms.map(({ platform, manifest }) => ({
      ...describeBytes(manifest.mediaType, manifest.bytes),
      platform: parsePlatformName(platform),
    })),
  });
  return { digest: digestOf(bytes), mediaType: MEDIA_TYPES.ociIndex, bytes };
}

function describeBytes(mediaType: string, bytes: Uint8Array): Descriptor {
  return { mediaType, digest: digestOf(bytes), size: bytes.length };
}

/** JSON with sorted keys: the order in which a world wrote them must not reach a digest. */
function encode(value: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(value, sortKeys));
}

function sortKeys(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value).sort(([left], [right]) => byCodeUnits(left, right)),
  );
}
