import { findBase } from '../../core/inventory/find-base.ts';
import { findLayer } from '../../core/inventory/find-layer.ts';
import type { Inventory, Package } from '../../core/inventory/inventory.ts';
import { createUnitReader, type Unit, unitKey } from '../../core/match/unit.ts';
import { readInventory } from '../index-image.ts';
import { findStoredCapture } from '../layer-captures.ts';
import type { ObjectStore } from '../ports.ts';
import { mapLimited } from '../stored-objects.ts';
import type { Base, Place } from './explained.ts';
import type { Target } from './find-targets.ts';
import type { KnownImages } from './known-images.ts';

/** Of the labels that images have, the one that says what they are built on (OCI image-spec, annotations.md). */
const BASE_NAME = 'org.opencontainers.image.base.name';

/** Where in an image a package is, and who brought it there. */
export type Placed = Pick<
  Place,
  'digest' | 'platform' | 'paths' | 'layer' | 'layers' | 'broughtBy' | 'base' | 'claimedBase'
>;

/**
 * Says which layer of an image brought a package, and whether that one is of its base.
 *
 * @throws ObjectMissingError, MalformedObjectError
 */
export async function readPlace(
  objects: ObjectStore,
  { target, unit }: { readonly target: Target; readonly unit: Unit },
  { images }: KnownImages,
): Promise<Placed> {
  const inventory = await readInventory(objects, target.digest);
  const unitOf = createUnitReader(inventory.packages);
  const key = unitKey(unit);
  const packages = inventory.packages.filter((each) => unitKey(unitOf(each)) === key);
  const { digest, platform, layers, config } = inventory;
  const found = findBase({ diffIds: layers.map(({ diffId }) => diffId) }, images);
  const base: Base | null = found
    ? { image: found.image, digest: found.digest, layers: found.diffIds.length, at: found.at }
    : null;
  const layer = await layerOf(objects, inventory, packages);
  return {
    digest,
    platform,
    paths: packages.map(({ path }) => path).sort(),
    layer,
    layers: layers.length,
    broughtBy: !layer || !base ? 'unknown' : layer.index < base.layers ? 'base' : 'application',
    base,
    claimedBase: config.labels[BASE_NAME] ?? null,
  };
}

/** Of a package at several paths the lowest layer: whoever brought it first. */
async function layerOf(
  objects: ObjectStore,
  { layers }: Inventory,
  packages: readonly Package[],
): Promise<Place['layer']> {
  const captures = await mapLimited(layers, 4, (each) => findStoredCapture(objects, each));
  const kept = captures.flatMap((each) => each ?? []);
  if (kept.length < layers.length) return null;
  const found = await Promise.all(packages.map((each) => findLayer(kept, each)));
  const index = Math.min(...found.filter((each) => each !== null));
  const layer = layers[index];
  return layer ? { index, digest: layer.digest } : null;
}
