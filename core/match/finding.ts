import type { Severity } from '../advisory/severity.ts';

/** An advisory (one group of aliases) that applies to a package of an inventory. */
export interface Finding {
  /** CVE if there is one, else GHSA, else the record's own id. */
  readonly id: string;
  /** All other ids of the group, sorted; the records' own among them. */
  readonly aliases: readonly string[];
  /** purl of the package, as in the inventory. */
  readonly package: string;
  readonly version: string;
  readonly severity: Severity;
  /** The lowest version that ends it, or `null` while none is known. */
  readonly fixedIn: string | null;
  /** Feeds that say so, sorted. */
  readonly feeds: readonly string[];
  /** The records that say so, sorted by id: what an alert is keyed by. */
  readonly records: readonly FindingRecord[];
}

/** A record behind a finding. */
export interface FindingRecord {
  readonly id: string;
  /** Hash of what of the record decides a match; prose and links do not change it. */
  readonly hash: string;
}
