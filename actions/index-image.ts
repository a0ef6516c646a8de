import { keysOfLayer, type LayerKey } from '../core/check/find-buried-keys.ts';
import { EXTRACTORS_FINGERPRINT } from '../core/extract/fingerprint.ts';
import type { Digest } from '../core/image/digest.ts';
import { TooLargeError } from '../core/image/errors.ts';
import {
  type Descriptor,
  type ImageManifest,
  MalformedManifestError,
  parseImageConfig,
} from '../core/image/manifest.ts';
import { createLayerStack } from '../core/image/overlay.ts';
import { formatPlatform } from '../core/image/platform.ts';
import type { ImageReference } from '../core/image/reference.ts';
import { WANTED_VERSION } from '../core/image/wanted-files.ts';
import {
  type BaseClaim,
  type BaseSources,
  readBaseEvidence,
} from '../core/inventory/base-evidence.ts';
import { buildInventory } from '../core/inventory/build-inventory.ts';
import type { IndexedImage, Inventory } from '../core/inventory/inventory.ts';
import { inventoryKey, olderInventoryKey } from '../core/inventory/inventory-key.ts';
import { readAttached } from './attached-to-image.ts';
import { writeSegment } from './fleet-segments.ts';
import { type CapturePorts, type Captures, shareCaptures } from './layer-captures.ts';
import { type ImageSource, ObjectMissingError, type ObjectStore } from './ports.ts';
import {
  type IndexManifest,
  type PlatformManifest,
  readChild,
  readManifest,
} from './read-manifests.ts';
import { findDocuments, recordDocuments, withDocuments } from './stored-documents.ts';
import { findObject, hexOf, inOrder, writeObject } from './stored-objects.ts';

/** More layers than any builder makes (overlayfs itself ends at 500). */
const MAX_LAYERS = 500;
const LAYERS_AT_ONCE = 3;

/** Formats of what indexing writes. */
export const INDEX_FORMATS = { image: 'image/1', inventory: 'inventory/1' };

export interface IndexPorts extends CapturePorts {
  readonly images: ImageSource;
}

export interface IndexRequest {
  /** Where to ask; its tag is not looked at. */
  readonly reference: ImageReference;
  readonly digest: Digest;
  /** Layers whose captures hold less than today's extractors want are read once more. @default false */
  readonly anew?: boolean;
}

/** Where an indexed image's platforms are listed. It is written last: where it is, everything is. */
export function indexedImageKey(digest: Digest): string {
  return `images/${EXTRACTORS_FINGERPRINT}/${hexOf(digest)}.json`;
}

/** As `indexedImageKey`, of an image of which any inventory was made of older captures. */
function olderImageKey(digest: Digest): string {
  return `images/${EXTRACTORS_FINGERPRINT}-older/${hexOf(digest)}.json`;
}

/** The platforms of an image that was indexed by today's extractors; `undefined` if it was not. */
export async function findIndexedImage(
  objects: ObjectStore,
  digest: Digest,
): Promise<IndexedImage | undefined> {
  const find = (key: string) => findObject<IndexedImage>(objects, INDEX_FORMATS.image, key);
  return (await find(indexedImageKey(digest))) ?? (await find(olderImageKey(digest)));
}

/** The inventory of a platform digest by today's extractors, if need be of older captures; `undefined` if it was not indexed. */
export async function findInventory(
  objects: ObjectStore,
  digest: Digest,
): Promise<Inventory | undefined> {
  const find = (key: string) => findObject<Inventory>(objects, INDEX_FORMATS.inventory, key);
  return (await find(inventoryKey(digest))) ?? (await find(olderInventoryKey(digest)));
}

/** The inventory of a platform digest. @throws ObjectMissingError when it was not indexed */
export async function readInventory(objects: ObjectStore, digest: Digest): Promise<Inventory> {
  const found = await findInventory(objects, digest);
  if (!found) throw new ObjectMissingError(inventoryKey(digest));
  return found;
}

/**
 * Indexes one image: its platforms, the layers nobody has captured yet, an inventory
 * each. Does nothing that was done before; a layer is never read twice. Of an image that was
 * indexed by earlier code nothing is asked of its registry: what is kept of it serves, older
 * captures too, unless it is to be read anew.
 *
 * @throws what `ImageSource` throws; MalformedManifestError, UnsupportedMediaTypeError
 */
export async function indexImage(
  ports: IndexPorts,
  request: IndexRequest,
  captures: Captures = shareCaptures(ports),
): Promise<IndexedImage> {
  const { objects } = ports;
  const { reference, digest, anew = false } = request;
  const known = anew
    ? await findObject<IndexedImage>(objects, INDEX_FORMATS.image, indexedImageKey(digest))
    : await findIndexedImage(objects, digest);
  if (known) return known;

  const documents = await findDocuments(objects, digest);
  const recorded = documents ? undefined : recordDocuments(ports.images);
  const reading = {
    ...ports,
    images: documents ? withDocuments(ports.images, documents) : (recorded?.images ?? ports.images),
  };
  const mayBeOlder = documents !== undefined && !anew;
  const manifest = await readManifest(reading, reference, digest);
  // What was attached belongs to an image as its packages do: it is read when the image is new.
  const attached = documents
    ? undefined
    : await readAttached(ports.images, reference, digest, manifest);
  const found = await indexManifest(reading, request, manifest, {
    captures: (from, layer, diffId) => captures(from, layer, diffId, mayBeOlder),
    materialsOf: (platform) =>
      attached?.materialsOf([digest, platform]) ?? documents?.materials?.[platform] ?? [],
  });
  const platforms = found.map(({ isOlder: _, ...platform }) => platform);
  if (recorded && attached) {
    await attached.keep(objects, platforms, (each) => readInventory(objects, each));
    const materials = platforms.map(
      (each) => [each.digest, attached.materialsOf([digest, each.digest])] as const,
    );
    await recorded.keep(objects, digest, Object.fromEntries(materials));
  }
  const image: IndexedImage = { digest, platforms };
  const isOlder = found.some((each) => each.isOlder);
  const key = isOlder ? olderImageKey(digest) : indexedImageKey(digest);
  await writeObject(objects, INDEX_FORMATS.image, key, image);
  ports.log.info('image indexed', { digest, platforms: platforms.length });
  return image;
}

/** One platform, and whether its inventory was made of older captures. */
type IndexedPlatform = IndexedImage['platforms'][number] & { readonly isOlder: boolean };

/** Where an image's layers and what is said of it come from. */
interface Sources {
  readonly captures: Captures;
  /** What provenance says that a platform was made from. */
  readonly materialsOf: (platform: Digest) => readonly BaseClaim[];
}

async function indexManifest(
  ports: IndexPorts,
  { reference, digest }: IndexRequest,
  manifest: ImageManifest,
  sources: Sources,
): Promise<IndexedPlatform[]> {
  if (manifest.kind === 'index') return indexPlatforms(ports, reference, manifest, sources);
  const beside = { materials: sources.materialsOf(digest) };
  return [await indexPlatform(ports, sources.captures, reference, digest, manifest, beside)];
}

async function indexPlatforms(
  ports: IndexPorts,
  reference: ImageReference,
  index: IndexManifest,
  { captures, materialsOf }: Sources,
): Promise<IndexedPlatform[]> {
  const platforms = [];
  for (const child of index.platforms) {
    const manifest = await readChild(ports, reference, child);
    if (!manifest) continue;
    const { platform } = child;
    const { digest } = child.descriptor;
    const beside = { indexAnnotations: index.annotations, materials: materialsOf(digest) };
    const found = await indexPlatform(ports, captures, reference, digest, manifest, beside);
    platforms.push(platform ? { ...found, platform: formatPlatform(platform) } : found);
  }
  if (platforms.length === 0) throw new MalformedManifestError('index without an image');
  return platforms;
}

async function indexPlatform(
  ports: IndexPorts,
  captures: Captures,
  reference: ImageReference,
  digest: Digest,
  manifest: PlatformManifest,
  beside: Beside = {},
): Promise<IndexedPlatform> {
  const key = inventoryKey(digest);
  const known = await findObject<Inventory>(ports.objects, INDEX_FORMATS.inventory, key);
  const inventory =
    known ?? (await takeInventory(ports, reference, digest, manifest, captures, beside));
  const isOlder = inventory.capture !== undefined;
  if (!known) {
    // First, so that where an inventory is, its segment is.
    await writeSegment(ports.objects, inventory);
    const own = isOlder ? olderInventoryKey(digest) : key;
    await writeObject(ports.objects, INDEX_FORMATS.inventory, own, inventory);
  }
  return { platform: inventory.platform, digest, isOlder };
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
  let oldest = WANTED_VERSION;
  for await (const capture of read) {
    oldest = Math.min(oldest, capture.wanted);
    stack.add(capture);
    for (const key of keysOfLayer(capture)) layerKeys.push(key);
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
    capture: oldest < WANTED_VERSION ? oldest : undefined,
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
