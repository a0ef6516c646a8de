import { readLayer } from '../../adapters/registry/read-layer.ts';
import { digestOf } from '../../core/image/digest.ts';
import { mergeLayers } from '../../core/image/overlay.ts';
import { buildInventory } from '../../core/inventory/build-inventory.ts';
import type { Inventory } from '../../core/inventory/inventory.ts';
import { inPieces, promise, type TestEntry, tarOf } from './layers.ts';

/** What is said of an image of these layers, the lowest first: read as from a registry. */
export async function inventoryOf(
  ...layers: readonly (readonly TestEntry[])[]
): Promise<Inventory> {
  const captures = await Promise.all(
    layers.map(async (entries) => {
      const tar = await tarOf(entries);
      return readLayer(inPieces(tar), promise(tar, tar, 'none'));
    }),
  );
  const { tree, problems } = mergeLayers(captures);
  return buildInventory({
    digest: digestOf('image'),
    platform: 'linux/amd64',
    config: {
      architecture: 'amd64',
      os: 'linux',
      rootfs: { type: 'layers', diff_ids: captures.map(({ diffId }) => diffId) },
    },
    layers: captures.map(({ layer, size }) => ({ mediaType: '', digest: layer, size })),
    tree,
    problems,
  });
}

/** A file that may be executed. */
export function program(name: string, text: string | Buffer): TestEntry {
  return { name, text, mode: 0o755 };
}
