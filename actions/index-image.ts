import { keysOfLayer, type LayerKey } from '../core/check/find-buried-keys.ts';
import { EXTRACTORS_FINGERPRINT } from '../core/extract/fingerprint.ts';
import type { Capture } from '../core/image/capture.ts';
import type { Digest } from '../core/image/digest.ts';
import { DigestMismatchError, TooLargeError } from '../core/image/errors.ts';
import {
  type Descriptor,
  type ImageManifest,
  MalformedManifestError,
  parseImageConfig,
  parseManifest,
} from '../core/image/manifest.ts';
import { createLayerStack } from '../core/image/overlay.ts';
import { formatPlatform } from '../core/image/platform.ts';
import type { ImageReference } from '../core/image/reference.ts';
import { WANTED_VERSION } from '../core/image/wanted-files.ts';
import { type BaseSources, readBaseEvidence } from '../core/inventory/base-evidence.ts';
import { buildInventory } from '../core/inventory/build-inventory.ts';
import type { IndexedImage, Inventory } from '../core/inventory/inventory.ts';
import { inventoryKey } from '../core/inventory/inventory-key.ts';
import { type AttachedToImage, readAttached } from './attached-to-image.ts';
import { writeSegment } from './fleet-segments.ts';
import type { ImageSource, LayerLeases, Log, ObjectStore } from './ports.ts';
import { findObject, hexOf, inOrder, readObject, writeObject } from './stored-objects.ts';

/** More layers than any builder makes (overlayfs itself ends at 500). */
const MAX_LAYERS = 500;
const LAYERS_AT_ONCE = 3;
/** Pauses for a layer that another function reads; they last longer than a lease. */
const MAX_PAUSES = 60;

/** Formats of what indexing writes. */
export const INDEX_FORMATS = { image: 'image/1', inventory: 'inventory/1', capture: 'capture/1' };

export interface IndexPorts {
  readonly images: ImageSource;
  readonly objects: ObjectStore;
  readonly log: Log;
  /** Who else reads the same layers at the same time. @default nobody */
  readonly leases?: LayerLeases;
}

export interface IndexRequest {
  /** Where to ask; its tag is not looked at. */
  readonly reference: ImageReference;
  readonly digest: Digest;
}

/** Where an indexed image's platforms are listed. It is written last: where it is, everything is. */
export function indexedImageKey(digest: Digest): string {
  return `images/${EXTRACTORS_FINGERPRINT}/${hexOf(digest)}.json`;
}

/** The platforms of an image that was indexed by today's extractors; `undefined` if it was not. */
export function findIndexedImage(
  objects: ObjectStore,
  digest: Digest,
): Promise<IndexedImage | undefined> {
  return findObject<IndexedImage>(objects, INDEX_FORMATS.image, indexedImageKey(digest));
}

/** The inventory of a platform digest. @throws ObjectMissingError when it was not indexed */
export function readInventory(objects: ObjectStore, digest: Digest): Promise<Inventory> {
  return readObject<Inventory>(objects, INDEX_FORMATS.inventory, inventoryKey(digest));
}

/**
 * Indexes one image: its platforms, the layers nobody has captured yet, an inventory
 * each. Does nothing that was done before; a layer is never read twice.
 *
 * @throws what `ImageSource` throws; MalformedManifestError, UnsupportedMediaTypeError
 */
export async function indexImage(
  ports: IndexPorts,
  request: IndexRequest,
  captures: Captures = shareCaptures(ports),
): Promise<IndexedImage> {
  const { reference, digest } = request;
  const known = await findIndexedImage(ports.objects, digest);
  if (known) return known;

  const manifest = await readManifest(ports, reference, digest);
  const attached = await readAttached(ports.images, reference, digest, manifest);
  const platforms =
    manifest.kind === 'index'
      ? await indexPlatforms(ports, captures, reference, digest, manifest, attached)
      : [
          await indexPlatform(ports, captures, reference, digest, manifest, {
            materials: attached.materialsOf([digest]),
          }),
        ];
  await attached.keep(ports.objects, platforms, (each) => readInventory(ports.objects, each));
  const image: IndexedImage = { digest, platforms };
  await writeObject(ports.objects, INDEX_FORMATS.image, indexedImageKey(digest), image);
  ports.log.info('image indexed', { digest, platforms: image.platforms.length });
  return image;
}

async function readManifest(
  ports: IndexPorts,
  reference: ImageReference,
  digest: Digest,
): Promise<ImageManifest> {
  const { bytes, mediaType } = await ports.images.manifest(reference, digest);
  return parseManifest(bytes, mediaType);
}

async function indexPlatforms(
  ports: IndexPorts,
  captures: Captures,
  reference: ImageReference,
  image: Digest,
  index: Extract<ImageManifest, { kind: 'index' }>,
  attached: AttachedToImage,
): Promise<IndexedImage['platforms']> {
  const platforms = [];
  for (const { descriptor, platform } of index.platforms) {
    const manifest = await readManifest(ports, reference, descriptor.digest);
    if (manifest.kind === 'index') throw new MalformedManifestError('index within an index');
    const materials = attached.materialsOf([image, descriptor.digest]);
    const beside = { indexAnnotations: index.annotations, materials };
    const { digest } = await indexPlatform(
      ports,
      captures,
      reference,
      descriptor.digest,
      manifest,
      beside,
    );
    platforms.push({ platform: formatPlatform(platform), digest });
  }
  return platforms;
}

type PlatformManifest = Extract<ImageManifest, { kind: 'image' }>;

async function indexPlatform(
  ports: IndexPorts,
  captures: Captures,
  reference: ImageReference,
  digest: Digest,
  manifest: PlatformManifest,
  beside: Beside = {},
): Promise<IndexedImage['platforms'][number]> {
  const key = inventoryKey(digest);
  const known = await findObject<Inventory>(ports.objects, INDEX_FORMATS.inventory, key);
  const inventory =
    known ?? (await takeInventory(ports, reference, digest, manifest, captures, beside));
  if (!known) {
    // First, so that where an inventory is, its segment is.
    await writeSegment(ports.objects, inventory);
    await writeObject(ports.objects, INDEX_FORMATS.inventory, key, inventory);
  }
  return { platform: inventory.platform, digest };
}

/** What is said of a platform's image outside of its manifest. */
export type Beside = Pick<BaseSources, 'indexAnnotations' | 'materials'>;

/** Reads an image without keeping its inventory; its captures are kept. */
export async function takeInventory(
  ports: IndexPorts,
  reference: ImageReference,
  digest: Digest,
  manifest: PlatformManifest,
  captureOf: Captures = shareCaptures(ports),
  beside: Beside = {},
): Promise<Inventory> {
  const config = parseImageConfig(await ports.images.blob(reference, manifest.config));
  const layers = pairLayers(manifest, config.rootfs.diff_ids);
  const stack = createLayerStack();
  // No capture is held longer than it takes to lay it on those below.
  const read = inOrder(layers, LAYERS_AT_ONCE, ({ layer, diffId }) =>
    captureOf(reference, layer, diffId),
  );
  const layerKeys: LayerKey[] = [];
  for await (const capture of read) {
    stack.add(capture);
    layerKeys.push(...keysOfLayer(capture));
  }
  const { tree, problems } = stack.finish();
  return buildInventory({
    digest,
    platform: formatPlatform(config),
    config,
    layers: manifest.layers,
    tree,
    layerKeys,
    baseEvidence: readBaseEvidence({ config, annotations: manifest.annotations, ...beside }),
    problems,
  });
}

function pairLayers(
  manifest: PlatformManifest,
  diffIds: readonly Digest[],
): { readonly layer: Descriptor; readonly diffId: Digest }[] {
  const { layers } = manifest;
  if (layers.length > MAX_LAYERS) throw new TooLargeError(`image with ${layers.length} layers`);
  if (layers.length !== diffIds.length) {
    throw new MalformedManifestError(
      `manifest lists ${layers.length} layers, config ${diffIds.length} diff ids`,
    );
  }
  return layers.map((layer, index) => ({ layer, diffId: diffIds[index] ?? '' }));
}

/** Gives the capture of a layer. */
export type Captures = (
  reference: ImageReference,
  layer: Descriptor,
  diffId: Digest,
) => Promise<Capture>;

/** Captures for images that are indexed side by side: a layer that several of them have is read once. */
export function shareCaptures(ports: IndexPorts): Captures {
  const underWay = new Map<string, Promise<Capture>>();
  return (reference, layer, diffId) => {
    const key = `${layer.digest} ${diffId}`;
    const known = underWay.get(key);
    if (known) return known;
    const capture = captureOnce(ports, reference, layer, diffId).finally(() =>
      underWay.delete(key),
    );
    underWay.set(key, capture);
    return capture;
  };
}

/** The capture of a layer, read from the registry only if nobody has, and nobody does. */
async function captureOnce(
  ports: IndexPorts,
  reference: ImageReference,
  layer: Descriptor,
  diffId: Digest,
): Promise<Capture> {
  const known = await findCapture(ports, layer, diffId);
  if (known) return known;
  const { leases } = ports;
  if (!leases) return readCapture(ports, reference, layer, diffId);
  for (let pause = 0; !(await leases.take(layer.digest)); pause++) {
    if (pause === MAX_PAUSES) {
      ports.log.warn('layer read beside another', { layer: layer.digest });
      return readCapture(ports, reference, layer, diffId);
    }
    await leases.pause();
    const read = await findCapture(ports, layer, diffId);
    if (read) return read;
  }
  try {
    // Whoever had it may have been done between our look and our turn.
    const read = await findCapture(ports, layer, diffId);
    return read ?? (await readCapture(ports, reference, layer, diffId));
  } finally {
    await leases.giveBack(layer.digest).catch((error: unknown) => {
      ports.log.warn('lease not given back', { layer: layer.digest, error: String(error) });
    });
  }
}

/** What is kept of a layer; `undefined` if it is not kept. */
function findStoredCapture(
  objects: ObjectStore,
  layer: Pick<Descriptor, 'digest'>,
): Promise<Capture | undefined> {
  return findObject<Capture>(objects, INDEX_FORMATS.capture, captureKey(layer));
}

async function findCapture(
  { objects }: IndexPorts,
  layer: Descriptor,
  diffId: Digest,
): Promise<Capture | undefined> {
  const known = await findStoredCapture(objects, layer);
  if (!known || known.diffId === diffId) return known;
  throw new DigestMismatchError(`diff id of layer ${layer.digest}`, diffId, known.diffId);
}

async function readCapture(
  { images, objects }: IndexPorts,
  reference: ImageReference,
  layer: Descriptor,
  diffId: Digest,
): Promise<Capture> {
  const capture = await images.capture(reference, layer, diffId);
  await writeObject(objects, INDEX_FORMATS.capture, captureKey(layer), capture);
  return capture;
}

function captureKey(layer: Pick<Descriptor, 'digest'>): string {
  return `captures/${WANTED_VERSION}/${hexOf(layer.digest)}.json`;
}
