import type { Thread } from '../alert/alert.ts';
import type { Digest } from '../image/digest.ts';
import type { Unmatched } from '../match/find-unmatched.ts';

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
  readonly feeds: readonly FeedState[];
  /** What runs and no feed speaks of. */
  readonly unmatched: readonly Unmatched[];
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
  /** Key of the run's findings by platform digest. */
  readonly findings: string;
}

/** Keys of a run's objects. */
export const runKeys = {
  run: (runId: string) => `runs/${runId}/run.json`,
  /** Of what a run consists of: named by its content too, so that two attempts never mix. */
  part: (runId: string, name: string, hash: string) => `runs/${runId}/${name}-${hash}.json`,
  report: (runId: string) => `runs/${runId}/report.html`,
  work: (runId: string, name: string) => `runs/${runId}/work/${name}.json`,
};

/** The shard that holds a lineage's row: all rows of a channel, and all of a workload, lie together. */
export function shardOf(lineage: string, shards: number): number {
  const group = lineage.slice(0, lineage.lastIndexOf('|'));
  let hash = 0;
  for (let i = 0; i < group.length; i++) hash = (hash * 31 + group.charCodeAt(i)) >>> 0;
  return hash % shards;
}
