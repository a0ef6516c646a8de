import { createBaseFinder } from '../core/base/find-base-of.ts';
import { noteSboms } from '../core/base/note-sboms.ts';
import type { ImageOrigin, KnownBuild, KnownTag, Origins } from '../core/base/origin.ts';
import { findNewestBuild } from '../core/base/standing.ts';
import { itemKeyOf } from '../core/change/items.ts';
import { ENGINE } from '../core/engine.ts';
import type { Digest } from '../core/image/digest.ts';
import type { Finding } from '../core/match/finding.ts';
import { hashOf } from '../core/object/json-object.ts';
import { type FeedState, isBlind, type Run, runKeys } from '../core/run/run.ts';
import { findInventory } from './index-image.ts';
import { readKnownTags } from './known-tags.ts';
import { matchInventories } from './match-inventories.ts';
import { type MatchTarget, readNight } from './night-objects.ts';
import type { ObjectStore, StateStore } from './ports.ts';
import { mapLimited } from './stored-objects.ts';
import { readOrigins, writeOrigins } from './stored-origins.ts';
import { findSboms } from './stored-sboms.ts';

const READS_AT_ONCE = 16;

export interface OriginPorts {
  readonly state: Pick<StateStore, 'observations'>;
  readonly objects: ObjectStore;
}

/** The night whose images' origins are looked for. */
export interface OriginNight {
  readonly runId: string;
  /** The night before. */
  readonly run: Run | undefined;
  readonly targets: readonly MatchTarget[];
  /** As they are taken tonight. */
  readonly feeds: readonly FeedState[];
  /** Past builds that it has tried to index out of what is kept of them. */
  readonly tried: ReadonlySet<Digest>;
}

/**
 * Finds on which builds of the watched tags the images are built, what the newest of these builds have, and which
 * bills of materials say something else than the layers.
 *
 * @throws ObjectMissingError, MalformedObjectError
 */
export async function keepOrigins(ports: OriginPorts, night: OriginNight): Promise<string> {
  const { objects } = ports;
  const { runId } = night;
  const before = await readOrigins(objects, night.run);
  const moves = await readNight(objects, 'moves', runKeys.work(runId, 'moves'));
  const { tags, reading } = await readKnownTags(ports, moves.map(({ image }) => image).sort(), {
    platforms: new Set(night.targets.map(({ platform }) => platform)),
    before,
    tried: night.tried,
  });
  const images = await originsOf(objects, tags, { before, ...night });
  const judged = await judgeNewest(objects, { tags, images }, { before, ...night });
  const origins: Origins = { tags, images, ...judged, reading };
  return writeOrigins(objects, runKeys.work(runId, `origins-${hashOf(origins)}`), origins);
}

/** What was found of an image stays: only what is new is looked into, or may have a base that came to be known late. */
async function originsOf(
  objects: ObjectStore,
  tags: readonly KnownTag[],
  night: Pick<OriginNight, 'runId' | 'targets'> & { readonly before: Origins },
): Promise<ImageOrigin[]> {
  const known = new Map(night.before.images.map((each) => [each.digest, each]));
  const isLate = lateBuilds(night.before);
  const targets = new Map(night.targets.map((each) => [each.digest, each]));
  const finders = new Map<string, ReturnType<typeof createBaseFinder>>();
  const finderOf = (platform: string) => {
    const finder = finders.get(platform) ?? createBaseFinder(tags, platform);
    finders.set(platform, finder);
    return finder;
  };
  const sorted = [...targets.values()].sort((a, b) => (a.digest < b.digest ? -1 : 1));
  const origins = await mapLimited(sorted, READS_AT_ONCE, async (target) => {
    const past = known.get(target.digest);
    if (past && !hasLateBuild(tags, past, isLate)) return past;
    const inventory = await findInventory(objects, target.digest);
    if (!inventory) return past;
    const { digest, platform, imageDigest } = target;
    const attached = await findSboms(objects, imageDigest, digest);
    const { runId } = night;
    return {
      digest,
      platform,
      since: past?.since ?? runId,
      judged: runId,
      base: finderOf(platform)(inventory),
      ...noteSboms([inventory.sboms, attached]),
    };
  });
  return origins.flatMap((each) => each ?? []);
}

/** Whether a build came to be known since an image was looked into. */
type IsLate = (build: KnownBuild, judged: string) => boolean;

/** Late is what was recorded since, and what was recorded long ago and is read tonight for the first time. */
function lateBuilds({ tags }: Origins): IsLate {
  const known = new Set(
    tags.flatMap(({ builds }) => builds.map(({ platformDigest }) => platformDigest)),
  );
  return ({ seenAt, platformDigest }, judged) => seenAt > judged || !known.has(platformDigest);
}

/** An image is built on what there was: only builds of before it, and known after it was looked into, can be its base. */
function hasLateBuild(
  tags: readonly KnownTag[],
  { platform, since, judged }: ImageOrigin,
  isLate: IsLate,
): boolean {
  return tags.some(
    (tag) =>
      tag.platform === platform &&
      tag.builds.some((build) => build.at <= since && isLate(build, judged)),
  );
}

/** What tonight's advisories find in what the tags that images are built on point at now. */
async function judgeNewest(
  objects: ObjectStore,
  { tags, images }: Pick<Origins, 'tags' | 'images'>,
  { before, feeds, runId }: Pick<OriginNight, 'feeds' | 'runId'> & { readonly before: Origins },
): Promise<Pick<Origins, 'findings' | 'judgedBy'>> {
  const judgedBy = hashOf([ENGINE, feeds.map(({ name, key }) => [name, key])]);
  if (isBlind(feeds)) return { findings: {}, judgedBy };
  const named = new Set(images.map(({ platform, base }) => `${platform} ${base?.name}`));
  const wanted = tags
    .filter(({ platform, image }) => named.has(`${platform} ${image}`))
    .flatMap((tag) => findNewestBuild(tag)?.platformDigest ?? []);
  const known = before.judgedBy === judgedBy ? before.findings : {};
  const asked = [...new Set(wanted)].sort();
  const lacking = asked.filter((digest) => !known[digest]);
  const inventories = await mapLimited(lacking, READS_AT_ONCE, (each) =>
    findInventory(objects, each),
  );
  const read = inventories.flatMap((each) => each ?? []);
  const found = read.length > 0 ? await matchInventories(objects, feeds, read, runId) : new Map();
  const findings = asked.flatMap((digest): [Digest, readonly string[]][] => {
    const keys = known[digest] ?? keysOf(found.get(digest));
    return keys ? [[digest, keys]] : [];
  });
  return { findings: Object.fromEntries(findings), judgedBy };
}

function keysOf(findings: readonly Finding[] | undefined): string[] | undefined {
  return findings && [...new Set(findings.map(itemKeyOf))].sort();
}
