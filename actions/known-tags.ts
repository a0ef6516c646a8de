import type { KnownBuild, KnownTag } from '../core/base/origin.ts';
import { PARTS, partOf } from '../core/drift/find-drifts.ts';
import { isRead, type Observation, withoutReadLater } from '../core/drift/observation.ts';
import type { Digest } from '../core/image/digest.ts';
import { findInventory } from './index-image.ts';
import type { ObjectStore, StateStore } from './ports.ts';
import { mapLimited } from './stored-objects.ts';

/** Builds of a tag that images are compared with, and moves by which it is told how far behind one is. */
const BUILDS = 60;
const MOVES = 400;
const READS_AT_ONCE = 16;

/**
 * Reads what the watched tags have pointed at on these platforms. Of builds that a night before has read nothing
 * is read again; those that images are built on (`used`) stay, however old they are.
 */
export async function readKnownTags(
  {
    state,
    objects,
  }: { readonly state: Pick<StateStore, 'observations'>; readonly objects: ObjectStore },
  images: readonly string[],
  wanted: {
    readonly platforms: ReadonlySet<string>;
    readonly before: readonly KnownTag[];
    readonly used: ReadonlySet<Digest>;
  },
): Promise<KnownTag[]> {
  const tags: KnownTag[] = [];
  for (const image of images) {
    const series = withoutReadLater(await state.observations(image));
    for (const platform of [...wanted.platforms].sort()) {
      const before = wanted.before.find(
        (each) => each.image === image && each.platform === platform,
      );
      const tag = await readTag(objects, series, {
        image,
        platform,
        used: wanted.used,
        before: before?.builds ?? [],
      });
      if (tag) tags.push(tag);
    }
  }
  return tags;
}

interface WantedTag {
  readonly image: string;
  readonly platform: string;
  readonly used: ReadonlySet<Digest>;
  readonly before: readonly KnownBuild[];
}

async function readTag(
  objects: ObjectStore,
  series: readonly Observation[],
  { image, platform, used, before }: WantedTag,
): Promise<KnownTag | undefined> {
  // What was not read may have had the platform: it counts as a build, though nobody can compare with it.
  const moves = series.filter((each) => !isRead(each) || each.platform === platform);
  const read = firstTimes(moves.filter(isRead));
  const newest = moves.at(-1);
  if (!newest || read.length === 0) return undefined;
  const known = new Map(before.map((each) => [each.platformDigest, each]));
  const recent = new Set(read.slice(-BUILDS).map(({ platformDigest }) => platformDigest));
  const kept = read.filter(
    ({ platformDigest: each }) => recent.has(each) || (known.has(each) && used.has(each)),
  );
  const builds = await mapLimited(
    kept,
    READS_AT_ONCE,
    async (each) => known.get(each.platformDigest) ?? (await readBuild(objects, each)),
  );
  return {
    image,
    platform,
    builds: builds.flatMap((each) => each ?? []),
    moves: moves.slice(-MOVES).map(({ platformDigest }) => platformDigest),
    newest: { platformDigest: newest.platformDigest, at: newest.at },
  };
}

/** A tag that came back to a digest had it since the first time. */
function firstTimes(moves: readonly Observation[]): Observation[] {
  const first = new Map<Digest, Observation>();
  for (const each of moves)
    if (!first.has(each.platformDigest)) first.set(each.platformDigest, each);
  return [...first.values()];
}

async function readBuild(
  objects: ObjectStore,
  observation: Observation,
): Promise<KnownBuild | undefined> {
  const { digest, platformDigest, at, seenAt } = observation;
  // An older one may be known to older extractors alone.
  const inventory = await findInventory(objects, platformDigest);
  if (!inventory) return undefined;
  const { layers, packages, baseEvidence } = inventory;
  const series = PARTS.flatMap((part) => {
    const value = partOf(part, observation);
    return value ? [[part, value]] : [];
  });
  return {
    digest,
    platformDigest,
    at,
    seenAt,
    diffIds: layers.map(({ diffId }) => diffId),
    ...(baseEvidence && { evidence: baseEvidence }),
    packages: packages.map(({ purl }) => purl),
    series: Object.fromEntries(series),
  };
}
