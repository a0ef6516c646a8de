import { factsOf, type ImageFacts } from '../change/items.ts';
import type { Digest } from '../image/digest.ts';
import type { IndexedImage, Inventory } from '../inventory/inventory.ts';
import { createUnitReader, type Unit, unitKey } from '../match/unit.ts';

/**
 * What a night has to know of many inventories: every distinct unit once, and what each
 * platform digest holds of them. What it says depends on the digests alone, not on how it
 * was put together: two of the same digests are alike byte for byte.
 */
export interface FleetIndex {
  /** Distinct, sorted by `unitKey`; elsewhere a unit is its place here. */
  readonly units: readonly Unit[];
  /** Distinct facts. */
  readonly facts: readonly ImageFacts[];
  /** Platform digests, sorted; below an image is its place here. */
  readonly digests: readonly Digest[];
  /** By image: the place of its facts. */
  readonly factsAt: Uint32Array;
  /** By image: where its units begin among `members`; one more at the end. */
  readonly starts: Uint32Array;
  /** Units, ascending within an image; one for each package, so that one that is there twice comes twice. */
  readonly members: Uint32Array;
  /** The images whose platforms are known, sorted by digest. */
  readonly images: readonly IndexedImage[];
}

/** What of an inventory an index is made of. */
export type IndexedInventory = Pick<
  Inventory,
  | 'digest'
  | 'packages'
  | 'checks'
  | 'problems'
  | 'size'
  | 'distro'
  | 'runtimes'
  | 'pythonEnvironments'
  | 'coverage'
  | 'capture'
>;

/** The index of one inventory: a fleet of one. */
export function indexInventory(inventory: IndexedInventory): FleetIndex {
  const unitOf = createUnitReader(inventory.packages);
  const units = new Map<string, { readonly unit: Unit; count: number }>();
  for (const each of inventory.packages) {
    const unit = unitOf(each);
    const key = unitKey(unit);
    const known = units.get(key);
    if (known) known.count++;
    else units.set(key, { unit, count: 1 });
  }
  const sorted = [...units].sort(([left], [right]) => (left < right ? -1 : 1));
  const members = sorted.flatMap(([, { count }], place) => Array<number>(count).fill(place));
  return {
    units: sorted.map(([, { unit }]) => unit),
    facts: [factsOf(inventory)],
    digests: [inventory.digest],
    factsAt: Uint32Array.of(0),
    starts: Uint32Array.of(0, members.length),
    members: Uint32Array.from(members),
    images: [],
  };
}

/** The units of an image, each as often as it is there. */
export function membersOf({ starts, members }: FleetIndex, image: number): Uint32Array {
  return members.subarray(starts[image] ?? 0, starts[image + 1] ?? 0);
}

/** Finds images by their digests; `undefined` for one that is not in the index. */
export function placesOf({ digests }: FleetIndex): (digest: Digest) => number | undefined {
  const places = new Map(digests.map((digest, place) => [digest, place]));
  return (digest) => places.get(digest);
}

/** The units that these images hold, ascending. */
export function unitsIn(index: FleetIndex, images: Iterable<number>): number[] {
  const marks = new Uint8Array(index.units.length);
  for (const image of images) for (const unit of membersOf(index, image)) marks[unit] = 1;
  return [...index.units.keys()].filter((unit) => marks[unit] === 1);
}

/** Finds the images that hold a unit, ascending; the lists of all units are made at once. */
export function postingsOf(index: FleetIndex): (unit: number) => Uint32Array {
  const { units, digests, members } = index;
  const starts = new Uint32Array(units.length + 1);
  for (let n = 0; n < members.length; n++) {
    const next = (members[n] ?? 0) + 1;
    starts[next] = (starts[next] ?? 0) + 1;
  }
  for (let unit = 0; unit < units.length; unit++) {
    starts[unit + 1] = (starts[unit + 1] ?? 0) + (starts[unit] ?? 0);
  }
  const images = new Uint32Array(members.length);
  const ends = starts.slice();
  for (let image = 0; image < digests.length; image++) {
    for (const unit of membersOf(index, image)) {
      const end = ends[unit] ?? 0;
      images[end] = image;
      ends[unit] = end + 1;
    }
  }
  return (unit) => images.subarray(starts[unit] ?? 0, starts[unit + 1] ?? 0);
}
