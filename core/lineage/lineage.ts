import type { Severity } from '../advisory/severity.ts';
import type { FindingStatus } from '../advisory/status.ts';
import type { Alert, Thread } from '../alert/alert.ts';
import type { Digest } from '../image/digest.ts';
import type { PythonBound } from '../inventory/python-environment.ts';
import type { FindingDetails, FindingRecord } from '../match/finding.ts';
import type { AppliedSuppression } from '../suppress/suppression.ts';

/**
 * Where an open item comes from: there since the baseline, what only a feed's first reading or a newer
 * version of Tidewatch sees, seen but below what is told, or the thread under which it was told.
 */
export type Origin = 'baseline' | 'feed' | 'engine' | 'untold' | { readonly thread: string };

/** Something wrong with an image: a finding or a failed check. */
export interface Item extends FindingDetails {
  /** `finding|<id>|<purl without version and qualifiers>` or `check|<id>`. */
  readonly key: string;
  /** For people: `CVE-2026-1 in openssl 3.6.2-r1`. */
  readonly title: string;
  /** Of a check whose id says too little where there is no room for the title: `Alpine 3.21 (out of support)`. */
  readonly brief?: string;
  readonly severity: Severity;
  /** What fixes it: the package's version, or `null`. */
  readonly fixedIn: string | null;
  /** All ids of a finding (none for a check): an item that is renamed to a better id stays the same. */
  readonly ids: readonly string[];
  readonly records: readonly FindingRecord[];
  readonly feeds: readonly string[];
  /** Of a finding, where it has one. */
  readonly status?: FindingStatus;
}

/** An item that is open on a lineage. */
export interface OpenItem extends Item {
  readonly origin: Origin;
}

/** A finding that somebody has decided not to hear of. */
export interface SuppressedItem extends Item {
  /** purl of the package, with its version. */
  readonly package: string;
  readonly suppressed: AppliedSuppression;
}

/** A language runtime's minor, as it stands on a lineage; of Node and Java the major, at which they break. */
export interface RuntimeMinor {
  readonly language: string;
  readonly minor: string;
  /** What of the image works with it alone: some of it, to be named when its base moves. */
  readonly ties?: readonly RuntimeTie[];
}

/** A Python environment that some minors alone can run. */
export interface RuntimeTie {
  readonly path: string;
  /** One sentence, with the file that proves it. */
  readonly why: string;
  readonly worksOn: PythonBound['worksOn'];
}

/** A minor that moved along a lineage. */
export interface RuntimeMove {
  readonly language: string;
  readonly from: string;
  readonly to: string;
}

/** A move that still stands: the lineage has not come back to where it moved from. */
export interface StandingMove extends RuntimeMove {
  /** Under which it was told; `null` where it was told with items, whose thread ends with them. */
  readonly thread: string | null;
}

/** What a lineage points at now. */
export interface LineageTarget {
  /**
   * `workload|container|platform` or `registry/repository|channel|platform`. A container that
   * runs several images at once has `workload|container|platform|image digest` for all but the newest.
   */
  readonly lineage: string;
  readonly kind: 'workload' | 'repository';
  /** The deployment scope that listed a workload; empty for a repository. */
  readonly scope: string;
  /** `registry/repository|channel` of the image. */
  readonly channel: string;
  /** `registry/repository:tag`, as deployed or pushed. */
  readonly reference: string;
  /** As deployed or pushed: the index's digest if there is one. */
  readonly imageDigest: Digest;
  readonly digest: Digest;
  readonly platform: string;
}

/** What is known of one lineage after it was assessed. */
export interface LineageRow extends LineageTarget {
  readonly runtimes: readonly RuntimeMinor[];
  /**
   * Moves that stand on this lineage, the newest last; workloads that follow do not tell them again.
   * Each came from another minor, so that there are never more than a language has minors.
   */
  readonly moves: readonly StandingMove[];
  readonly items: readonly OpenItem[];
  /** What is found and suppressed; not there where nothing is. */
  readonly suppressed?: readonly SuppressedItem[];
  /** `false` while no advisories were there to match with. */
  readonly assessed: boolean;
  /** Why this is yesterday's row (its scope or its image could not be read), else `null`. */
  readonly stale: string | null;
}

/** The moving part of a repository with what its tag last pointed at; the unit of a push's commit. */
export interface Head {
  /** `registry/repository|channel`. */
  readonly channel: string;
  /** Raised by each push that becomes the head; a run names the version it saw. */
  readonly version: number;
  /** Raised by each write; guards the next one. */
  readonly revision: number;
  readonly reference: string;
  readonly imageDigest: Digest;
  /** When it was pushed (RFC 3339). */
  readonly pushedAt: string;
  /** Key of the object that holds its `HeadState`. */
  readonly state: string;
}

/** The large part of a head. */
export interface HeadState {
  /** One a platform. */
  readonly rows: readonly LineageRow[];
  /** Threads that pushes opened since the last night. */
  readonly threads: readonly Thread[];
  /** What pushes told since the last night, for its report. */
  readonly told: readonly Alert[];
  /** The run whose advisories the rows were matched with; `null` before the first. */
  readonly run: string | null;
  /** The checks of the code that judged, `id@version`; not there in a head of before they were noted. */
  readonly checks?: readonly string[];
}
