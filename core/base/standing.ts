import { PARTS } from '../drift/find-drifts.ts';
import type { Digest } from '../image/digest.ts';
import type { RuntimeMove } from '../lineage/lineage.ts';
import type { ImageBase, KnownBuild, KnownTag, Origins } from './origin.ts';

const DAY = 86_400_000;

/** How the base of an image stands to what its tag points at now. */
export interface Standing {
  readonly base: ImageBase;
  /** When the tag pointed at the base's build first, RFC 3339; `null` where it is not known which build it is. */
  readonly at: string | null;
  /** Digests that the tag has pointed at since; `null` where that is not known. */
  readonly buildsBehind: number | null;
  /** Whole days between the build and the newest one. */
  readonly daysBehind: number | null;
  /** purls of the base's packages; `null` where it is not known which build it is. */
  readonly packages: ReadonlySet<string> | null;
  /** Keys of the items that the newest build has; `null` where that is not known. */
  readonly newestFindings: ReadonlySet<string> | null;
  /** What a rebuild on the newest one moves: runtimes, and the libc as `libc`. */
  readonly moves: readonly RuntimeMove[];
}

/** Finds how the base of an image stands; `undefined` where none is known. */
export function createStandings(origins: Origins): (digest: Digest) => Standing | undefined {
  const byDigest = new Map(origins.images.map((each) => [each.digest, each]));
  const standings = new Map<string, Standing>();
  const standingOn = createStandingReader(origins);
  return (digest) => {
    const image = byDigest.get(digest);
    if (!image?.base) return undefined;
    // One for all images that are built on the same alike.
    const key = JSON.stringify([image.platform, image.base]);
    const standing = standings.get(key) ?? standingOn(image.base, image.platform);
    standings.set(key, standing);
    return standing;
  };
}

/** Says how a base stands; lists of builds are turned into sets once. */
export function createStandingReader({
  tags,
  findings,
}: Pick<Origins, 'tags' | 'findings'>): (base: ImageBase, platform: string) => Standing {
  const setOf = createSets();
  return (base, platform) => {
    const tag = tags.find((each) => each.image === base.name && each.platform === platform);
    const build = tag?.builds.find(({ platformDigest }) => platformDigest === base.platformDigest);
    if (!tag || !build) return { base, ...NOT_KNOWN };
    const newest = findNewestBuild(tag);
    const found = findings[tag.newest.platformDigest];
    return {
      base,
      at: build.at,
      buildsBehind: buildsSince(tag.moves, build.platformDigest),
      daysBehind: daysBetween(build.at, tag.newest.at),
      packages: setOf(build.packages),
      newestFindings: found ? setOf(found) : null,
      moves: newest ? movesBetween(build, newest) : [],
    };
  };
}

/** Of a base of which only the name is known. */
const NOT_KNOWN: Omit<Standing, 'base'> = {
  at: null,
  buildsBehind: null,
  daysBehind: null,
  packages: null,
  newestFindings: null,
  moves: [],
};

function createSets(): (values: readonly string[]) => ReadonlySet<string> {
  const sets = new Map<readonly string[], ReadonlySet<string>>();
  return (values) => {
    const set = sets.get(values) ?? new Set(values);
    sets.set(values, set);
    return set;
  };
}

/** What a tag points at now, if it was read. */
export function findNewestBuild({ builds, newest }: KnownTag): KnownBuild | undefined {
  return builds.find(({ platformDigest }) => platformDigest === newest.platformDigest);
}

/** How many digests a tag has pointed at since it last pointed at this one; `null` where it never did. */
export function buildsSince(moves: readonly Digest[], digest: Digest): number | null {
  const at = moves.lastIndexOf(digest);
  return at < 0 ? null : new Set(moves.slice(at + 1)).size;
}

/** A tag may have been moved back to what is older. */
function daysBetween(from: string, to: string): number {
  return Math.max(0, Math.floor((Date.parse(to) - Date.parse(from)) / DAY));
}

function movesBetween(from: KnownBuild, to: KnownBuild): RuntimeMove[] {
  return PARTS.flatMap((part) => {
    const [before, after] = [from.series[part], to.series[part]];
    return before && after && before !== after ? [{ language: part, from: before, to: after }] : [];
  });
}
