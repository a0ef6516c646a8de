import type { GoneImage } from '../core/change/tell-images.ts';
import type { Drift } from '../core/drift/find-drifts.ts';
import type { Digest } from '../core/image/digest.ts';
import type { LineageTarget } from '../core/lineage/lineage.ts';
import type { Unmatched } from '../core/match/find-unmatched.ts';
import type { Finding } from '../core/match/finding.ts';
import type { MatchProblem } from '../core/match/fleet-problems.ts';
import type { FeedState, StoredIndex } from '../core/run/run.ts';
import type { SuppressionsRef } from '../core/suppress/suppression.ts';
import type { ObjectStore, RegistryListing, TagMove } from './ports.ts';
import type { NightScope } from './remember-deployments.ts';
import { findObject, writeObject } from './stored-objects.ts';

/** What was seen of one watched tag. */
export interface ObservedTag {
  readonly image: string;
  /** To be recorded, oldest first: the last one that is recorded, which may not be whole, then the new ones. */
  readonly moves: readonly TagMove[];
  /** Digests of them that are read if nobody has; the others lie too far back. */
  readonly toRead: readonly Digest[];
  /** Nobody keeps its history: a move is dated when somebody sees it. */
  readonly isPolled: boolean;
  /** Why it could not be looked at, or `null`. */
  readonly failure: string | null;
}

/** One channel at the time of the night. */
export interface PlannedChannel {
  readonly channel: string;
  readonly reference: string;
  /** What its tag points at; `null` when the tag is gone or could not be asked. */
  readonly digest: Digest | null;
  /** Why it could not be asked, or `null`. */
  readonly failure: string | null;
  /** The head's version when the registry was asked; 0 without a head. */
  readonly headVersion: number;
}

/** What the night has to look at. */
export interface NightPlan {
  /** The registries that were listed; not there in a night that began before there was such a list. */
  readonly registries?: readonly Pick<RegistryListing, 'scope' | 'failure'>[];
  readonly channels: readonly PlannedChannel[];
  /** Images that nobody has indexed. */
  readonly images: readonly { readonly reference: string; readonly digest: Digest }[];
  /** Indexed images that are read again, since older captures hold less than is wanted now; not there where there are none. */
  readonly reread?: readonly { readonly reference: string; readonly digest: Digest }[];
  /** Past builds of watched tags that are indexed out of what is kept of them, or not; not there where there are none. */
  readonly pastBuilds?: readonly { readonly reference: string; readonly digest: Digest }[];
  /** Indexed images that run and are not in their registry any more. */
  readonly gone: readonly GoneImage[];
  /** Indexed images that run, of which it could not be asked whether they are there. */
  readonly unasked: readonly {
    readonly reference: string;
    readonly digest: Digest;
    readonly failure: string;
  }[];
}

/** An image that could not be indexed. */
export interface IndexFailure {
  readonly reference: string;
  readonly digest: Digest;
  /** Name of the error. */
  readonly error: string;
  readonly reason: string;
}

/** What became of an image that was to be read again. */
export interface Reread {
  readonly digest: Digest;
  /** Of its layers, that its registry gave. */
  readonly bytes: number;
  readonly failure: string | null;
}

/** What became of a batch of images. */
export interface BatchResults {
  readonly failures: readonly IndexFailure[];
  readonly reread: readonly Reread[];
}

/** A target with the reason why it is only assumed, or `null`. */
export interface MatchTarget extends LineageTarget {
  readonly stale: string | null;
}

/** The fleet, matched. */
export interface MatchedFleet {
  readonly targets: readonly MatchTarget[];
  /** Images of targets that have no inventory. */
  readonly missing: readonly { readonly digest: Digest; readonly lineage: string }[];
  /** What of it no feed speaks of. */
  readonly unmatched: readonly Unmatched[];
  /** As `Run.problems`; not there in a night that began before it was asked for. */
  readonly problems?: readonly MatchProblem[];
  /** What the units below are places in. */
  readonly index: StoredIndex;
  /** Key of the findings (`RunFindings`) by `feeds`. */
  readonly findings: string;
  /** Findings by yesterday's snapshots of the units that have others by today's; `null` when there are none. */
  readonly before: readonly (readonly [unit: number, findings: readonly Finding[]])[] | null;
  /** Every feed as it is taken tonight, by name: today's findings are by these. */
  readonly feeds: readonly FeedState[];
  /** What tonight is judged by besides; not there where nothing is suppressed. */
  readonly suppressions?: SuppressionsRef;
  /** As `Run.origins`. */
  readonly origins?: string;
  /** As `Run.carried`. */
  readonly carried?: readonly string[];
}

/** Formats and types of what the steps of a night hand on. */
interface NightObjects {
  readonly moves: readonly ObservedTag[];
  readonly deployments: readonly NightScope[];
  readonly plan: NightPlan;
  readonly results: BatchResults;
  readonly drifts: readonly Drift[];
  readonly 'feed-list': readonly string[];
  readonly feed: FeedState;
  readonly matched: MatchedFleet;
}

/** What is another type since a first version of it. */
const VERSIONS: Partial<Record<keyof NightObjects, number>> = { matched: 2, results: 2 };

function formatOf(name: keyof NightObjects): string {
  return `night-${name}/${VERSIONS[name] ?? 1}`;
}

/** Reads what an earlier step handed on. @throws ObjectMissingError */
export async function readNight<Name extends keyof NightObjects>(
  objects: ObjectStore,
  name: Name,
  key: string,
): Promise<NightObjects[Name]> {
  const value = await findObject<NightObjects[Name]>(objects, formatOf(name), key);
  if (value === undefined) throw new Error(`step output is gone: ${JSON.stringify(key)}`);
  return value;
}

/**
 * Makes a step's output once: a worker that is invoked again finds what it made, so
 * that everything after it sees one and the same answer of the world.
 */
export async function makeOnce<Name extends keyof NightObjects>(
  objects: ObjectStore,
  name: Name,
  key: string,
  make: () => Promise<NightObjects[Name]>,
): Promise<string> {
  if ((await objects.get(key)) === undefined) {
    await writeObject(objects, formatOf(name), key, await make());
  }
  return key;
}
