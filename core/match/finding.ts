import type { Exploitation } from '../advisory/details.ts';
import type { Severity } from '../advisory/severity.ts';
import type { FindingStatus } from '../advisory/status.ts';

/** What details feeds add to a finding; keys are there where they say something. */
export interface FindingDetails {
  /** What the vulnerability is, one short line. */
  readonly about?: string;
  /** Who gave the severity, when the finding's own advisories gave none, and the feed that says so. */
  readonly ratedBy?: { readonly who: string; readonly feed: string };
  /** That it is known to be exploited, and the feed that says so. */
  readonly exploited?: Exploitation & { readonly feed: string };
}

/** An advisory (one group of aliases) that applies to a package of an inventory. */
export interface Finding extends FindingDetails {
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
  /** What the publisher says is going on, where it says more than the versions; absent otherwise. */
  readonly status?: FindingStatus;
  /** The OS package whose file this is; absent for a package that nobody owns. */
  readonly owner?: FindingOwner;
}

/** The OS package that owns the file of a finding's package, and did not clear it. */
export interface FindingOwner {
  readonly name: string;
  readonly version: string;
  /**
   * `affected`: it has this vulnerability itself, so that its update is the remedy. `nothing`:
   * its publisher's advisories, which were read, do not speak of it. `unread`: no advisories
   * about that distribution were read.
   */
  readonly says: 'affected' | 'nothing' | 'unread';
}

/** A record behind a finding. */
export interface FindingRecord {
  readonly id: string;
  /** Hash of what of the record decides a match; prose and links do not change it. */
  readonly hash: string;
}
