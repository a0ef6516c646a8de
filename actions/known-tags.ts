import type { BuildReading, KnownBuild, KnownTag, Origins } from '../core/base/origin.ts';
import { PARTS, partOf } from '../core/drift/find-drifts.ts';
import { isRead, type Observation, withoutReadLater } from '../core/drift/observation.ts';
import { EXTRACTORS_FINGERPRINT } from '../core/extract/fingerprint.ts';
import type { Digest } from '../core/image/digest.ts';
import { findInventory } from './index-image.ts';
import type { ObjectStore, StateStore } from './ports.ts';
import { mapLimited } from './stored-objects.ts';

/** Builds of a tag that images are compared with, and moves by which it is told how far behind one is. */
const BUILDS = 60;
const MOVES = 400;
const READS_AT_ONCE = 16;

/** What is known of the watched tags, and how far that is today's code's word. */
interface ReadTags {
  readonly tags: readonly KnownTag[];
  readonly reading: BuildReading;
}

/**
 * Reads what the watched tags have pointed at on these platforms. Of builds that a night before has read by the same
 * extractors nothing is read again; those that images are built on stay, however old they are.
 */
export async function readKnownTags(
  {
    state,
    objects,
  }: { readonly state: Pick<StateStore, 'observations'>; readonly objects: ObjectStore },
  images: readonly string[],
  wanted: {
    readonly platforms: ReadonlySet<string>;
    readonly before: Origins;
    /** Images that tonight has tried to index out of what is kept of them. */
    readonly tried: ReadonlySet<Digest>;
  },
): Promise<ReadTags> {
  const tags: KnownTag[] = [];
  const { before, tried } = wanted;
  const used = basesOf(before);
  const reading = createReading(before.reading, tried);
  for (const image of images) {
    const series = withoutReadLater(await state.observations(image));
    for (const platform of [...wanted.platforms].sort()) {
      const builds = buildsBefore(before, image, platform);
      const tag = { image, platform, used, before: builds, reading };
      const read = await readTag(objects, series, tag);
      if (read) tags.push(read);
    }
  }
  return { tags, reading: reading.result() };
}

/** The builds of a tag on a platform that a night before knew. */
export function buildsBefore(
  { tags }: Pick<Origins, 'tags'>,
  image: string,
  platform: string,
): readonly KnownBuild[] {
  return tags.find((each) => each.image === image && each.platform === platform)?.builds ?? [];
}

/** Platform digests of the builds that images are built on. */
export function basesOf({ images }: Pick<Origins, 'images'>): Set<Digest> {
  return new Set(images.flatMap(({ base }) => base?.platformDigest ?? []));
}

/** Keeps account of which builds today's extractors have read. */
interface Reading {
  /** Whether there is nothing to look for: it was read, or cannot be. */
  isSettled(digest: Digest, build: { isKnown: boolean; isNewest: boolean }): boolean;
  note(build: Observation, isRead: boolean): void;
  result(): BuildReading;
}

function createReading(before: BuildReading | undefined, tried: ReadonlySet<Digest>): Reading {
  const isSame = before?.extractors === EXTRACTORS_FINGERPRINT;
  const wasLeft = new Set(isSame ? before.left : []);
  const wasLost = new Set(isSame ? before.lost : []);
  const left = new Set<Digest>();
  const lost = new Set<Digest>();
  return {
    // What the tag points at may have been read meanwhile, as what is new is.
    isSettled: (digest, { isKnown, isNewest }) =>
      isSame && !wasLeft.has(digest) && (isKnown || (wasLost.has(digest) && !isNewest)),
    note({ digest, platformDigest }, isRead) {
      if (isRead) return;
      const isLost = wasLost.has(platformDigest) || tried.has(digest);
      (isLost ? lost : left).add(platformDigest);
    },
    result: () => ({
      extractors: EXTRACTORS_FINGERPRINT,
      left: [...left].sort(),
      lost: [...lost].sort(),
    }),
  };
}

interface WantedTag {
  readonly image: string;
  readonly platform: string;
  readonly used: ReadonlySet<Digest>;
  readonly before: readonly KnownBuild[];
  readonly reading: Reading;
}

async function readTag(
  objects: ObjectStore,
  series: readonly Observation[],
  { image, platform, used, before, reading }: WantedTag,
): Promise<KnownTag | undefined> {
  // What was not read may have had the platform: it counts as a build, though nobody can compare with it.
  const moves = series.filter((each) => !isRead(each) || each.platform === platform);
  const kept = keptBuilds(moves, { before, used });
  const newest = moves.at(-1);
  if (!newest || kept.length === 0) return undefined;
  const known = new Map(before.map((each) => [each.platformDigest, each]));
  const builds = await mapLimited(kept, READS_AT_ONCE, async (each) => {
    const { platformDigest } = each;
    const past = known.get(platformDigest);
    const isKnown = past !== undefined;
    const isNewest = platformDigest === newest.platformDigest;
    if (reading.isSettled(platformDigest, { isKnown, isNewest })) {
      reading.note(each, isKnown);
      return past;
    }
    const build = await readBuild(objects, each);
    reading.note(each, build !== undefined);
    return build ?? past;
  });
  return {
    image,
    platform,
    builds: builds.flatMap((each) => each ?? []),
    moves: moves.slice(-MOVES).map(({ platformDigest }) => platformDigest),
    newest: { platformDigest: newest.platformDigest, at: newest.at },
  };
}

/** Of what a tag has pointed at on a platform, the builds that images are compared with; oldest first. */
export function keptBuilds(
  moves: readonly Observation[],
  { before, used }: Pick<WantedTag, 'before' | 'used'>,
): Observation[] {
  const read = firstTimes(moves.filter(isRead));
  const known = new Set(before.map(({ platformDigest }) => platformDigest));
  const recent = new Set(read.slice(-BUILDS).map(({ platformDigest }) => platformDigest));
  return read.filter(
    ({ platformDigest: each }) => recent.has(each) || (known.has(each) && used.has(each)),
  );
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
