import type { Digest } from '../image/digest.ts';
import type { BaseClaim, BaseEvidence } from './base-evidence.ts';
import { normaliseBaseName } from './base-name.ts';
import { findBase, type Layered } from './find-base.ts';
import type { Inventory } from './inventory.ts';

/** Part of a known image's OS packages that another one must have, in the same versions, to count as built on it. */
const SHARED_AT_LEAST = 0.9;
/** With fewer packages than these, to have them all says little. */
const PACKAGES_AT_LEAST = 5;

/** How a base was found, the surest first. */
export type BaseMethod = 'layers' | 'annotation' | 'provenance' | 'history' | 'packages';

/**
 * `high`: the image has the base's own layers. `medium`: somebody names the very build, or its packages are all
 * there. `low`: only what the base is called is known, or the packages are nearly the same.
 */
export type BaseConfidence = 'high' | 'medium' | 'low';

/** An image, as far as its base is asked for. */
export interface Descendant extends Layered {
  readonly platformDigest: Digest;
  readonly evidence: BaseEvidence | undefined;
  readonly osPackages: ReadonlySet<string>;
}

/** An image that others may be built on. */
export interface KnownBase extends Descendant {
  /** `registry/repository:tag`. */
  readonly image: string;
  /** As the tag has it: the index's digest if there is one. */
  readonly digest: Digest;
  /** Whether it is a watched tag's: what is ours has much in common without one being built on the other. */
  readonly isWatched: boolean;
}

/** The base of an image. */
export interface FoundBase<Known> {
  readonly method: BaseMethod;
  readonly confidence: BaseConfidence;
  /** What it is called: the known image, or what is claimed. */
  readonly name: string;
  /** `null` while only its name is known. */
  readonly digest: Digest | null;
  /** Of the image's lowest layers, as many are the base's; `null` where that is not known. */
  readonly layers: number | null;
  /** Which of the known images it is. */
  readonly known: Known | null;
}

/** What of an inventory a base is found by. */
export function descendantOf({ digest, layers, packages, baseEvidence }: Inventory): Descendant {
  return {
    platformDigest: digest,
    diffIds: layers.map(({ diffId }) => diffId),
    evidence: baseEvidence,
    osPackages: osPackagesOf(packages.map(({ purl }) => purl)),
  };
}

/** Of purls those of OS packages, with their versions and architectures. */
export function osPackagesOf(purls: readonly string[]): ReadonlySet<string> {
  return new Set(purls.filter((purl) => /^pkg:(?:apk|deb|rpm)\//.test(purl)));
}

/**
 * The image that another one was built on: by its layers, else by what it or its provenance says, by the
 * layers that apko made, by its packages. Of builds with the same layers the first one counts.
 */
export function identifyBase<Known extends KnownBase>(
  image: Descendant,
  known: readonly Known[],
): FoundBase<Known> | undefined {
  const others = known.filter((each) => each.platformDigest !== image.platformDigest);
  return (
    byLayers(image, known) ??
    byClaims(image, others) ??
    byHistory(image, others) ??
    byPackages(image, others)
  );
}

function byLayers<Known extends KnownBase>(
  image: Descendant,
  known: readonly Known[],
): FoundBase<Known> | undefined {
  const base = findBase(image, known);
  if (!base) return undefined;
  const layers = base.diffIds.length;
  return { ...named(base), method: 'layers', confidence: 'high', layers };
}

function named<Known extends KnownBase>(known: Known) {
  return { name: known.image, digest: known.digest, known };
}

function byClaims<Known extends KnownBase>(
  image: Descendant,
  known: readonly Known[],
): FoundBase<Known> | undefined {
  const claims = image.evidence?.claims ?? [];
  const annotated = claims.filter(({ from }) => from !== 'provenance');
  const materials = claims.filter(({ from }) => from === 'provenance');
  const said =
    byBuild(image, known, annotated, 'annotation') ?? byName(image, known, annotated, 'annotation');
  if (said) return said;
  const [only, ...more] = materials;
  if (only && more.length === 0) {
    return (
      byBuild(image, known, materials, 'provenance') ??
      byName(image, known, materials, 'provenance')
    );
  }
  // What several stages were built on; which of them is the last one's is not said.
  const builds = known.filter((each) => materials.some((claim) => isBuild(each, claim)));
  const alike = mostAlike(image, builds);
  return alike && { ...named(alike.known), method: 'provenance', confidence: 'low', layers: null };
}

type Claimed = 'annotation' | 'provenance';

/** A known build that a claim names by its digest. */
function byBuild<Known extends KnownBase>(
  image: Descendant,
  known: readonly Known[],
  claims: readonly BaseClaim[],
  method: Claimed,
): FoundBase<Known> | undefined {
  const build = known.find((each) => claims.some((claim) => isBuild(each, claim)));
  return build && { ...named(build), method, confidence: 'medium', layers: apkoLayers(image) };
}

function isBuild({ digest, platformDigest }: KnownBase, claim: BaseClaim): boolean {
  return claim.digest !== null && (claim.digest === digest || claim.digest === platformDigest);
}

/** A known tag that a claim names without a digest; else what is claimed first, as it stands. */
function byName<Known extends KnownBase>(
  image: Descendant,
  known: readonly Known[],
  claims: readonly BaseClaim[],
  method: Claimed,
): FoundBase<Known> | undefined {
  const layers = apkoLayers(image);
  for (const { name, digest } of claims) {
    const tag = name !== null && digest === null ? normaliseBaseName(name) : null;
    const builds = known.filter((each) => each.image === tag);
    if (builds.length > 0) return { ...buildOf(image, builds), method, layers };
  }
  const [claim] = claims;
  if (!claim) return undefined;
  const { name, digest } = claim;
  const confidence = digest === null ? 'low' : 'medium';
  return { method, confidence, name: name ?? digest ?? '', digest, layers, known: null };
}

/** Of the builds of one tag the one that its packages tell. */
function buildOf<Known extends KnownBase>(image: Descendant, builds: readonly Known[]) {
  const alike = mostAlike(image, builds);
  const name = builds[0]?.image ?? '';
  if (!alike) return { confidence: 'low', name, digest: null, known: null } as const;
  return { ...named(alike.known), confidence: alike.share === 1 ? 'medium' : 'low' } as const;
}

/** Layers that apko made below others; `null` where it made none, or all. */
function apkoLayers({ evidence, diffIds }: Descendant): number | null {
  const layers = evidence?.apko?.layers ?? 0;
  return layers > 0 && layers < diffIds.length ? layers : null;
}

/** Which of apko's images it is, its names say, and when it was made or what is in it, which build. */
function byHistory<Known extends KnownBase>(
  image: Descendant,
  known: readonly Known[],
): FoundBase<Known> | undefined {
  const layers = apkoLayers(image);
  const apko = image.evidence?.apko;
  if (layers === null || !apko?.name) return undefined;
  const builds = known.filter(({ isWatched, evidence, diffIds }) => {
    const own = evidence?.apko;
    const isApkos = own?.layers === diffIds.length;
    return isWatched && isApkos && own.name === apko.name && own.vendor === apko.vendor;
  });
  const sameTime = builds.filter(({ evidence }) => evidence?.apko?.created === apko.created);
  const [only, ...more] = sameTime;
  const build = only && more.length === 0 ? only : mostAlike(image, builds)?.known;
  if (build) return { ...named(build), method: 'history', confidence: 'medium', layers };
  const name = builds[0]?.image ?? `${apko.name} by ${apko.vendor}`;
  return { method: 'history', confidence: 'low', name, digest: null, layers, known: null };
}

function byPackages<Known extends KnownBase>(
  image: Descendant,
  known: readonly Known[],
): FoundBase<Known> | undefined {
  const alike = mostAlike(
    image,
    known.filter(({ isWatched }) => isWatched),
  );
  if (!alike) return undefined;
  const confidence = alike.share === 1 ? 'medium' : 'low';
  return { ...named(alike.known), method: 'packages', confidence, layers: null };
}

interface Alike<Known> {
  readonly known: Known;
  /** Part of its packages that the image has. */
  readonly share: number;
  readonly shared: number;
}

/** Of images whose packages are nearly all there, the one with the greatest part, then with the most, then the first. */
function mostAlike<Known extends KnownBase>(
  { osPackages }: Descendant,
  known: readonly Known[],
): Alike<Known> | undefined {
  return known
    .filter((each) => each.osPackages.size >= PACKAGES_AT_LEAST)
    .map((each) => {
      const shared = countShared(each.osPackages, osPackages);
      return { known: each, shared, share: shared / each.osPackages.size };
    })
    .filter(({ share }) => share >= SHARED_AT_LEAST)
    .reduce<Alike<Known> | undefined>((best, each) => {
      const isBetter =
        !best ||
        each.share > best.share ||
        (each.share === best.share && each.shared > best.shared);
      return isBetter ? each : best;
    }, undefined);
}

/** How many of a base's packages an image has; 0 as soon as it lacks too many: most images are built on something else. */
function countShared(wanted: ReadonlySet<string>, has: ReadonlySet<string>): number {
  let possible = wanted.size;
  for (const each of wanted) {
    if (has.has(each)) continue;
    possible--;
    if (possible / wanted.size < SHARED_AT_LEAST) return 0;
  }
  return possible;
}
