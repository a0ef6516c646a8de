import { descendantOf, type FoundBase, identifyBase } from '../../core/inventory/identify-base.ts';
import type { Inventory, Package } from '../../core/inventory/inventory.ts';
import { createUnitReader, type Unit, unitKey } from '../../core/match/unit.ts';
import type { SbomComparison } from '../../core/sbom/compare-sbom.ts';
import { findDissent } from '../../core/sbom/name-differences.ts';
import { readInventory } from '../index-image.ts';
import type { ObjectStore } from '../ports.ts';
import { findSboms } from '../stored-sboms.ts';
import type { Base, Place } from './explained.ts';
import type { Target } from './find-targets.ts';
import type { KnownImage, KnownImages } from './known-images.ts';

/** Of the labels that images have, the one that says what they are built on (OCI image-spec, annotations.md). */
const BASE_NAME = 'org.opencontainers.image.base.name';

/** Where in an image a package is, and who brought it there. */
export type Placed = Pick<
  Place,
  | 'digest'
  | 'platform'
  | 'paths'
  | 'layer'
  | 'layers'
  | 'broughtBy'
  | 'base'
  | 'claimedBase'
  | 'unreadBuilds'
  | 'sboms'
>;

/**
 * Says which layer of an image brought a package, and whether that one is of its base.
 *
 * @throws ObjectMissingError, MalformedObjectError
 */
export async function readPlace(
  objects: ObjectStore,
  { target, unit }: { readonly target: Target; readonly unit: Unit },
  known: KnownImages,
): Promise<Placed> {
  const inventory = await readInventory(objects, target.digest);
  const unitOf = createUnitReader(inventory.packages);
  const key = unitKey(unit);
  const packages = inventory.packages.filter((each) => unitKey(unitOf(each)) === key);
  const { digest, platform, layers, config } = inventory;
  const found = identifyBase(descendantOf(inventory), known.images);
  const layer = layerOf(inventory, packages);
  return {
    digest,
    platform,
    paths: packages.map(({ path }) => path).sort(),
    layer,
    layers: layers.length,
    broughtBy: found ? broughtBy(found, layer, packages) : 'unknown',
    base: found ? baseOf(found, known) : null,
    claimedBase: config.labels[BASE_NAME] ?? null,
    unreadBuilds: known.unreadBuilds,
    sboms: findDissent(unit.purl, await readComparisons(objects, target, inventory)),
  };
}

/** Bills of materials of an image beside its layers: those in them, and those that were attached when it was indexed. */
async function readComparisons(
  objects: ObjectStore,
  { digest, rows }: Target,
  { sboms }: Inventory,
): Promise<SbomComparison[]> {
  const images = [...new Set(rows.map(({ imageDigest }) => imageDigest))].sort();
  const attached = await Promise.all(images.map((image) => findSboms(objects, image, digest)));
  return [sboms, ...attached].flatMap((each) => each?.comparisons ?? []);
}

function baseOf(
  { name, digest, layers, method, confidence, known }: FoundBase<KnownImage>,
  { series }: KnownImages,
): Base {
  const moves = known ? (series.get(known.image) ?? []) : [];
  const at = moves.findLastIndex(({ platformDigest }) => platformDigest === known?.platformDigest);
  const since = new Set(moves.slice(at + 1).map(({ platformDigest }) => platformDigest));
  return {
    image: name,
    digest,
    layers,
    at: known?.at ?? null,
    method,
    confidence,
    buildsBehind: at < 0 ? null : since.size,
  };
}

/** By its layer where it is known which are the base's, else by whether the base has the very package. */
function broughtBy(
  { layers, known }: FoundBase<KnownImage>,
  layer: Place['layer'],
  packages: readonly Package[],
): Place['broughtBy'] {
  if (layers !== null) return layer ? (layer.index < layers ? 'base' : 'application') : 'unknown';
  const isOfOs = packages.every(({ type }) => type === 'apk' || type === 'deb' || type === 'rpm');
  if (!known || !isOfOs) return 'unknown';
  const isThere = packages.some((each) => known.osPackages.has(each.purl));
  return isThere ? 'base' : 'application';
}

/** Of a package at several paths the lowest layer: whoever brought it first. */
function layerOf({ layers }: Inventory, packages: readonly Package[]): Place['layer'] {
  const known = packages.flatMap(({ layer }) => layer ?? []);
  const index = Math.min(...known);
  const layer = layers[index];
  return layer ? { index, digest: layer.digest } : null;
}
