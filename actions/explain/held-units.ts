import { packagesNamed } from '../../core/explain/asked.ts';
import { compact } from '../../core/fleet/compact.ts';
import {
  type FleetIndex,
  indexInventory,
  placesOf,
  postingsOf,
} from '../../core/fleet/fleet-index.ts';
import type { Digest } from '../../core/image/digest.ts';
import type { Unit } from '../../core/match/unit.ts';
import type { Run } from '../../core/run/run.ts';
import { findBase } from '../fleet-index.ts';
import { findSegment, segmentKey } from '../fleet-segments.ts';
import { findInventory } from '../index-image.ts';
import type { ObjectStore } from '../ports.ts';
import { mapLimited } from '../stored-objects.ts';
import type { Target } from './find-targets.ts';

/** A package as it is judged, and the images that hold it. */
export interface HeldUnit {
  readonly unit: Unit;
  /** Those that are asked about, in their order. */
  holders(): readonly Target[];
}

/** Which packages are in the images that are asked about: of the fleet's index, without reading any image. */
export interface HeldUnits {
  /** Each once. */
  readonly units: readonly HeldUnit[];
  /** Images that could be looked into: those that today's extractors have read. */
  readonly images: number;
  /** What failed on an image; `undefined` of one that could not be looked into. */
  factsOf(digest: Digest): FleetIndex['facts'][number] | undefined;
}

/**
 * Finds the packages of images: by the index that the last night left, and for those that have come
 * since by what was kept when they were indexed.
 *
 * @throws MalformedObjectError
 */
export async function readHeldUnits(
  objects: ObjectStore,
  run: Pick<Run, 'index'>,
  targets: readonly Target[],
): Promise<HeldUnits> {
  const base = (await findBase(objects, run))?.index;
  const known = new Set(base?.digests);
  const lacking = targets.map(({ digest }) => digest).filter((digest) => !known.has(digest));
  const segments = await mapLimited(lacking, 16, (digest) => readSegmentOf(objects, digest));
  const parts = [...(base ? [base] : []), ...segments.flatMap((each) => each ?? [])];
  return heldUnits(parts, targets);
}

function heldUnits(parts: readonly FleetIndex[], targets: readonly Target[]): HeldUnits {
  const byDigest = new Map(targets.map((target, order) => [target.digest, { target, order }]));
  const index = compact(parts, { digests: new Set(byDigest.keys()) });
  const placeOf = placesOf(index);
  const postings = postingsOf(index);
  return {
    units: index.units.map((unit, place) => ({
      unit,
      holders() {
        const digests = new Set(Array.from(postings(place), (image) => index.digests[image]));
        return [...digests]
          .flatMap((digest) => (digest === undefined ? [] : (byDigest.get(digest) ?? [])))
          .sort((left, right) => left.order - right.order)
          .map(({ target }) => target);
      },
    })),
    images: index.digests.length,
    factsOf(digest) {
      const image = placeOf(digest);
      return image === undefined ? undefined : index.facts[index.factsAt[image] ?? 0];
    },
  };
}

async function readSegmentOf(
  objects: ObjectStore,
  digest: Digest,
): Promise<FleetIndex | undefined> {
  const segment = await findSegment(objects, segmentKey(digest));
  if (segment) return segment;
  const inventory = await findInventory(objects, digest);
  return inventory && indexInventory(inventory);
}

/**
 * The units that a name or a purl means. In each image the packages of that name count before those that
 * are built from a source of that name.
 */
export function unitsNamed(units: readonly HeldUnit[], text: string): readonly HeldUnit[] {
  const own = namedAmong(units, text);
  if (text.startsWith('pkg:')) return own;
  const named = new Set(own);
  const built = units.filter((each) => !named.has(each) && each.unit.source?.name === text);
  if (own.length === 0 || built.length === 0) return own.length > 0 ? own : built;
  const taken = new Set(own.flatMap((each) => each.holders().map(({ digest }) => digest)));
  const rest = built.flatMap((each): HeldUnit[] => {
    const holders = each.holders().filter(({ digest }) => !taken.has(digest));
    return holders.length === 0 ? [] : [{ unit: each.unit, holders: () => holders }];
  });
  return [...own, ...rest];
}

/** By their own names alone. */
function namedAmong(units: readonly HeldUnit[], text: string): readonly HeldUnit[] {
  const found = new Set(
    packagesNamed(
      units.map(({ unit }) => ({ ...unit, source: null })),
      text,
    ).map(({ purl }) => purl),
  );
  return units.filter(({ unit }) => found.has(unit.purl));
}
