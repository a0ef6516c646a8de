import type { Severity } from './severity.ts';
import type { RecordStatus } from './status.ts';

/** One event of an OSV range, as in the record; `limit` ends the evaluation there. */
export type RangeEvent = readonly [
  kind: 'introduced' | 'fixed' | 'last_affected' | 'limit',
  version: string,
];

/** One `affected` of an OSV record, reduced to what decides and describes a match. */
export interface AdvisoryEntry {
  readonly feed: string;
  /** As in the record, release included: `Wolfi`, `Debian:12`. */
  readonly ecosystem: string;
  /** Normalised for lookups (PEP 503 for PyPI, else as written). */
  readonly name: string;
  readonly record: string;
  /** Hash of the whole record's match-relevant parts (see `FindingRecord`). */
  readonly hash: string;
  /** Ids that name the same vulnerability: symmetric. */
  readonly aliases: readonly string[];
  /** Ids that this record is downstream of: not symmetric. */
  readonly upstream: readonly string[];
  /** RFC 3339, or `null`. */
  readonly withdrawn: string | null;
  readonly severity: Severity;
  /** apk or rpm architecture (`x86_64`) when the record is for one alone. */
  readonly arch: string | null;
  /** Evaluable ranges (GIT ones are left out), events as they stand. */
  readonly ranges: readonly (readonly RangeEvent[])[];
  readonly versions: readonly string[];
  /** What its publisher says is going on; absent where it says nothing but the versions. */
  readonly status?: RecordStatus;
  /** `false` when a record of an origin does not hold for its sub-packages; absent: it does. */
  readonly subpackages?: false;
  /** What in the package the record is about, when it is not the package itself. */
  readonly components?: readonly Component[];
}

/** A part of a package that a record is about (`ecosystem_specific.components` of Chainguard's). */
export interface Component {
  readonly name: string;
  /** Empty when nobody has said so, as `type` and `location`. */
  readonly version: string;
  /** `go-module`, `python`, `npm` … */
  readonly type: string;
  /** Path in the package: `/usr/bin/tool`. */
  readonly location: string;
  /** The publisher's word, as written: `false_positive_determination`. */
  readonly status: string;
}

/** What to look up for a package. */
export interface LookupKey {
  readonly ecosystem: string;
  readonly name: string;
}
