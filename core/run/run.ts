import type { Severity } from '../advisory/severity.ts';
import type { Thread } from '../alert/alert.ts';
import type { FleetSupport } from '../check/support/fleet-support.ts';
import type { Digest } from '../image/digest.ts';
import type { Unmatched } from '../match/find-unmatched.ts';
import type { MatchProblem } from '../match/fleet-problems.ts';
import type { SuppressionsRef } from '../suppress/suppression.ts';

/** What identifies a state of a feed where it was read: given back, it asks whether anything has changed. */
export interface FeedValidator {
  /** Where it was read; elsewhere the same words mean something else. */
  readonly source: string;
  readonly etag: string | null;
  /** `Last-Modified`, as it came. */
  readonly modified: string | null;
}

/** State of a feed in a run: read anew, or yesterday's snapshot kept because something is wrong. */
export interface FeedState {
  readonly name: string;
  /**
   * `details`: what it says of vulnerabilities is added to findings, it makes none. `scores`: what
   * it says changes daily, and is said beside findings where they are shown. Absent: advisories.
   */
  readonly kind?: 'details' | 'scores';
  /** Snapshot id; `null` while the feed was never read. */
  readonly snapshot: string | null;
  /** Key of the snapshot. */
  readonly key: string | null;
  readonly records: number;
  /** The newest `modified` of its records, RFC 3339; `null` when none states one. A feed never goes back behind it. */
  readonly newest: string | null;
  /** Of what the snapshot was read from; `null` when the feed has none. */
  readonly validator: FeedValidator | null;
  readonly state: 'fresh' | 'held';
  /** Why it is held. */
  readonly failure: string | null;
  /** Records that could not be read, the first few with the reason. */
  readonly problems: readonly string[];
  /** What it holds besides its advisories, such as updates that only mend bugs, by kind; not there where that is nothing. */
  readonly passedOver?: Readonly<Record<string, number>>;
  /** While the feed is held: since when, and what it offers instead. */
  readonly hold?: FeedHold;
  /** The night that took what had been held, on a person's word. */
  readonly accepted?: AcceptedBy;
  /** Whose data it is and on which terms it is used; not there for a feed that nobody publishes. */
  readonly terms?: FeedTerms;
}

/** A state of a feed that was read to its end and was not taken. */
export interface OfferedSnapshot {
  readonly snapshot: string;
  readonly key: string;
  readonly records: number;
  readonly newest: string | null;
}

/** Why a feed is held: it could not be read; it is not what it should be; it has lost too much. */
export type HoldReason = 'unread' | 'suspect' | 'loss';

/** A feed that is held. */
export interface FeedHold {
  /** The first of the nights in a row that held it: a run id, which names the hold. */
  readonly since: string;
  readonly reason: HoldReason;
  /** Tonight's state of the feed; `null` when it could not be read. */
  readonly offered: OfferedSnapshot | null;
  /** What `offered` would close; `null` where nothing could be compared. */
  readonly closings: FeedClosings | null;
}

/** Findings that a feed's new state would close, though no record of it says why. */
export interface FeedClosings {
  /** Open findings of what runs that the feed speaks of: a package and a vulnerability each. */
  readonly open: number;
  readonly silent: number;
  /** Of `silent`, by the packages' ecosystem. */
  readonly ecosystems: Readonly<Record<string, number>>;
  /** Key of the list. */
  readonly list: string;
}

/** One finding that a feed's new state would close. */
export interface SilentClosing {
  readonly id: string;
  readonly package: string;
  readonly ecosystem: string;
  readonly severity: Severity;
}

/** Who accepted what. */
export interface AcceptedBy {
  readonly by: string;
  /** RFC 3339. */
  readonly at: string;
  readonly reason: string | null;
  readonly offered: OfferedSnapshot;
}

/** A person's word that a held state of a feed is to be taken. */
export interface FeedAcceptance extends AcceptedBy {
  readonly feed: string;
  /** Raised by each write; guards the next one. */
  readonly revision: number;
  /** Of the hold that it ends: of another one it says nothing. */
  readonly since: string;
}

/** Whose data a feed is. */
export interface FeedTerms {
  readonly title: string;
  /** Where its terms are. */
  readonly url: string;
}

/** Those that findings are made of: without one that was read, nothing is judged. */
export function advisoryFeeds(feeds: readonly FeedState[]): readonly FeedState[] {
  return feeds.filter(({ kind }) => kind === undefined);
}

/** Whether no advisories were ever read: then nothing can be found, and nothing be missing. */
export function isBlind(feeds: readonly FeedState[]): boolean {
  return advisoryFeeds(feeds).every(({ key }) => key === null);
}

/** Where a fleet index is kept. */
export interface StoredIndex {
  readonly key: string;
  /** What made it. */
  readonly engine: string;
}

/** One night, as it was committed. Rows lie in shards beside it. */
export interface Run {
  readonly runId: string;
  readonly at: string;
  readonly status: 'complete' | 'partial' | 'failed';
  /** Platform digests that had to be assessed. */
  readonly expected: number;
  readonly scanned: number;
  /** Platform digests (or image digests that could not be expanded) that were not. */
  readonly failed: readonly { readonly digest: Digest; readonly reason: string }[];
  /** Scopes and tags that could not be seen. */
  readonly unseen: readonly string[];
  /** What was found to run that nobody had indexed, and was indexed tonight; on the first night that is everything, and none is named. */
  readonly found: readonly {
    /** `registry/repository:tag`, as deployed. */
    readonly reference: string;
    readonly digest: Digest;
    readonly lineages: readonly string[];
  }[];
  readonly feeds: readonly FeedState[];
  /** What it was judged by besides; not there where nothing is suppressed. */
  readonly suppressions?: SuppressionsRef;
  /** Images that carry VEX that is not applied, or could not be read; not there where none does. */
  readonly carried?: readonly string[];
  /** What runs and no feed speaks of. */
  readonly unmatched: readonly Unmatched[];
  /** What runs and cannot be matched as it should; not there in a night of before it was asked for. */
  readonly problems?: readonly MatchProblem[];
  /** Releases that run and are out of support, soon will be, or of which nobody knows; not there in a night of before it was asked for. */
  readonly support?: readonly FleetSupport[];
  /** Counts by kind of change. */
  readonly changes: Readonly<Record<string, number>>;
  readonly threads: readonly Thread[];
  /** How often a matter (by the hash of what it is) was told and ended: a new episode gets a new id. */
  readonly ended: Readonly<Record<string, number>>;
  /** Ids of the drifts of watched tags that this night and those before it have told. */
  readonly drifts: readonly string[];
  /** When each watched tag was last looked at by a night. */
  readonly looked: Readonly<Record<string, string>>;
  /** Head version that each channel's rows were computed from; 0: no push was known. */
  readonly heads: Readonly<Record<string, number>>;
  /** The first night of the installation: what was there by then is the baseline. */
  readonly since: string;
  /** The run that this one was compared with, and may follow; `null` for the first. */
  readonly base: string | null;
  /** Keys of the rows, shard by shard. */
  readonly rows: readonly string[];
  /** Key of what is told. */
  readonly alerts: string;
  /** Key of the line that says so when the night tells nothing; `null` when it tells something, or is to be silent. */
  readonly quiet: string | null;
  /** Key of what pushes told since the night before, for the report alone. */
  readonly told: string;
  /** Fingerprint of the code that matched and extracted. */
  readonly engine: string;
  /** The checks of that code, `id@version`; not there in a night of before they were noted. */
  readonly checks?: readonly string[];
  /** Key of the run's findings, by the units of its index. */
  readonly findings: string;
  /** The index of its fleet, which the next night begins with; not there in a night of before there was one. */
  readonly index?: StoredIndex;
  /** Key of where its images come from; not there in a night of before it was asked for. */
  readonly origins?: string;
  /** How far the reading of images is whose captures hold less than is wanted now; not there where none does. */
  readonly captures?: {
    /** Platform digests that are still read by older captures. */
    readonly older: number;
    /** Key of their list. */
    readonly digests: string;
    /** Images that were read again tonight, with the bytes of their layers that registries gave for it. */
    readonly reread: number;
    readonly bytes: number;
    /** Images that were to be read again and could not be; a later night tries once more. */
    readonly failed: readonly { readonly digest: Digest; readonly reason: string }[];
  };
}

/** Keys of a run's objects. */
export const runKeys = {
  run: (runId: string) => `runs/${runId}/run.json`,
  /** Of what a run consists of: named by its content too, so that two attempts never mix. */
  part: (runId: string, name: string, hash: string) => `runs/${runId}/${name}-${hash}.json`,
  report: (runId: string) => `runs/${runId}/report.html`,
  notice: (runId: string) => `runs/${runId}/NOTICE.txt`,
  work: (runId: string, name: string) => `runs/${runId}/work/${name}.json`,
};

/** The id of the run that an object belongs to; `null` where its key is no run's. */
export function runOfKey(key: string): string | null {
  return /^runs\/([^/]+)\//.exec(key)?.[1] ?? null;
}

/** The shard that holds a lineage's row: all rows of a channel, and all of a workload, lie together. */
export function shardOf(lineage: string, shards: number): number {
  const group = lineage.slice(0, lineage.lastIndexOf('|'));
  let hash = 0;
  for (let i = 0; i < group.length; i++) hash = (hash * 31 + group.charCodeAt(i)) >>> 0;
  return hash % shards;
}
