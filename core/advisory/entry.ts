import type { Severity } from './severity.ts';

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
}

/** What to look up for a package. */
export interface LookupKey {
  readonly ecosystem: string;
  readonly name: string;
}
