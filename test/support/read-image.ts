import { takeInventory } from '../../actions/index-image.ts';
import type { ImageSource, ObjectStore } from '../../actions/ports.ts';
import { LAYER_LIMITS, type LayerLimits } from '../../adapters/registry/layer-limits.ts';
import { readLayer } from '../../adapters/registry/read-layer.ts';
import type { Problem } from '../../core/image/capture.ts';
import { digestOf } from '../../core/image/digest.ts';
import { ImageNotFoundError } from '../../core/image/errors.ts';
import { parseManifest } from '../../core/image/manifest.ts';
import { parseReference } from '../../core/image/reference.ts';
import type { Inventory } from '../../core/inventory/inventory.ts';
import type { MadeLayer } from './hostile-layers.ts';

/** What became of an image: what is in it and what is wrong with it, or why it was refused. */
export type Reading =
  | { readonly kind: 'read'; readonly inventory: Inventory; readonly problems: readonly Problem[] }
  | { readonly kind: 'refused'; readonly error: string; readonly message: string };

/** Reads an image of these layers on the way that every image takes, from its manifest to its inventory. */
export async function readImage(
  layers: readonly MadeLayer[],
  objects: ObjectStore,
  limits: LayerLimits = LAYER_LIMITS,
): Promise<Reading> {
  const config = Buffer.from(
    JSON.stringify({
      architecture: 'amd64',
      os: 'linux',
      config: { Env: ['PATH=/usr/bin:/bin'] },
      rootfs: { type: 'layers', diff_ids: layers.map(({ expected }) => expected.diffId) },
    }),
  );
  const bytes = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      config: {
        mediaType: 'application/vnd.oci.image.config.v1+json',
        digest: digestOf(config),
        size: config.length,
      },
      layers: layers.map(({ expected: { diffId: _, ...descriptor } }) => descriptor),
    }),
  );
  const byDigest = new Map(layers.map((layer) => [layer.expected.digest, layer]));
  const images: ImageSource = {
    resolve: () => Promise.reject(new ImageNotFoundError('tag')),
    manifest: async () => ({ mediaType: 'application/vnd.oci.image.manifest.v1+json', bytes }),
    blob: async () => config,
    referrers: async () => [],
    async capture(_, layer, diffId) {
      const made = byDigest.get(layer.digest);
      if (!made) throw new ImageNotFoundError(layer.digest);
      return readLayer(made.open(), { ...layer, diffId }, limits);
    },
  };
  const log = { info() {}, warn() {}, error() {} };
  try {
    const manifest = parseManifest(bytes, 'application/vnd.oci.image.manifest.v1+json');
    if (manifest.kind === 'index') throw new TypeError('an index');
    const reference = parseReference('registry.example/hostile:1');
    const ports = { images, objects, log };
    const inventory = await takeInventory(ports, reference, digestOf(bytes), manifest);
    return { kind: 'read', inventory, problems: inventory.problems };
  } catch (error) {
    if (!(error instanceof Error) || ['TypeError', 'RangeError'].includes(error.name)) throw error;
    return { kind: 'refused', error: error.name, message: error.message };
  }
}
