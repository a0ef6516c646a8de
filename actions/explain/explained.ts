import type { Likelihood } from '../../core/advisory/likelihood.ts';
import type { FindingStatus } from '../../core/advisory/status.ts';
import type { Alert } from '../../core/alert/alert.ts';
import type { CheckMeaning } from '../../core/check/check-meanings.ts';
import type { Problem } from '../../core/image/capture.ts';
import type { Digest } from '../../core/image/digest.ts';
import type { BaseConfidence, BaseMethod } from '../../core/inventory/identify-base.ts';
import type { Item, Origin } from '../../core/lineage/lineage.ts';
import type { Explanation } from '../../core/match/explain-match.ts';
import type { Finding } from '../../core/match/finding.ts';
import type { Unit } from '../../core/match/unit.ts';
import type { FeedState } from '../../core/run/run.ts';
import type { SbomDissent } from '../../core/sbom/name-differences.ts';
import type { AppliedSuppression } from '../../core/suppress/suppression.ts';
import type { KnownId, NothingFound } from './nothing-found.ts';

/** What somebody asks. */
export interface ExplainRequest {
  /** An id of a vulnerability, the key of a finding, a package, a check, or the id of a thread. */
  readonly finding: string;
  /** A package's name or purl. */
  readonly package: string | null;
  /** A reference, a repository or a digest (its beginning is enough). */
  readonly image: string | null;
  /** `ecs/prod/api`, or the end of it. */
  readonly workload: string | null;
}

/** The answer, and by what it was found. */
export interface ExplainAnswer {
  /** As it was looked for. */
  readonly id: string;
  /** The night whose advisories judge; `null` before the first, and of a scan. */
  readonly night: string | null;
  /** Feeds of advisories, as that night took them. */
  readonly feeds: readonly FeedState[];
  /** What could not be read and may hide something: of a scan of the image or the advisories, opaque and partly listed executables too; of a night whole images. */
  readonly problems?: readonly Problem[];
  readonly outcome: Outcome;
}

export type Outcome =
  | Explained
  | Several
  | PackageAnswer
  | CheckAnswer
  | ThreadAnswer
  | NothingFound;

/** One package, in one version: why it has the vulnerability, or has not. */
export interface Explained {
  readonly kind: 'explained';
  readonly purl: string;
  /** More than one where the same package is owned here and is not there. */
  readonly cases: readonly ExplainedCase[];
  /** What is known of an id that nothing says of this package; `null` where something does. */
  readonly known: KnownId | null;
}

export interface ExplainedCase {
  readonly unit: Unit;
  /** With what feeds of details add. */
  readonly explanation: Explanation;
  /** How likely it is to be exploited soon, by feeds of scores; `null` where none has scored it. */
  readonly likelihood: Likelihood | null;
  /** By whose word it is not to be heard of in an image that was scanned; `null` where nobody has said so, and of what lineages have. */
  readonly suppressed: AppliedSuppression | null;
  /** Where it is; the first few. */
  readonly places: readonly Place[];
  /** Images that are not among them. */
  readonly more: number;
}

/** One image that has the package. */
export interface Place {
  readonly digest: Digest;
  readonly platform: string;
  /** How it was named by who asks, where no lineage has it. */
  readonly called: string | null;
  /** Files that say that the package is there. */
  readonly paths: readonly string[];
  /** Of whose lineages it is the present; none of an image that nothing runs. */
  readonly lineages: readonly PlaceLineage[];
  /** The layer that brought the package; `null` when what is kept of the layers does not say. */
  readonly layer: { readonly index: number; readonly digest: Digest } | null;
  readonly layers: number;
  /** Who brought it: the base, what was built on it, or nobody knows. */
  readonly broughtBy: 'base' | 'application' | 'unknown';
  readonly base: Base | null;
  /** What the image's own labels call its base (`org.opencontainers.image.base.name`); `null` without one. */
  readonly claimedBase: string | null;
  /** Builds of watched tags that today's extractors have not read: while there is no base, one of them may be it. */
  readonly unreadBuilds: number;
  /** Bills of materials, in its layers or attached when it was indexed, that do not list the package, or in another version. */
  readonly sboms: readonly SbomDissent[];
  /** Known images that should follow this one, and do not have the vulnerability. */
  readonly fixed: readonly FixedImage[];
}

/** The image that another one was built on. */
export interface Base {
  /** Tag or repository that it is known by, or what is claimed. */
  readonly image: string;
  /** `null` while only its name is known. */
  readonly digest: Digest | null;
  /** Of the image's lowest layers, as many are the base's; `null` where that is not known. */
  readonly layers: number | null;
  /** When the watched tag pointed there first, RFC 3339; `null` for an image of ours, or one that is not known. */
  readonly at: string | null;
  readonly method: BaseMethod;
  readonly confidence: BaseConfidence;
  /** Digests that the watched tag has pointed at since; `null` where that is not known. */
  readonly buildsBehind: number | null;
}

export interface PlaceLineage {
  readonly lineage: string;
  readonly kind: 'workload' | 'repository';
  readonly reference: string;
  readonly imageDigest: Digest;
  /** Why it is yesterday's state, else `null`. */
  readonly stale: string | null;
  /** How it is told; `null` while it is no open finding there. */
  readonly origin: Origin | null;
  /** By whose word it is not told; `null` where it is. */
  readonly suppressed: AppliedSuppression | null;
  readonly since: Since | null;
}

/** Since when a finding is found on a lineage without a break, suppressed or not. */
export interface Since {
  /** RFC 3339. */
  readonly at: string;
  /**
   * `night`: found by that night, not by the one before; `push`: by the push then; `first-night`:
   * there already when the lineages were looked at first; `at-least`: earlier nights are not kept.
   */
  readonly by: 'night' | 'push' | 'first-night' | 'at-least';
}

/** A known image without the vulnerability. */
export interface FixedImage {
  /** `registry/repository:tag`. */
  readonly image: string;
  readonly digest: Digest;
  /** Version of the package there; `null` when the package is not in it any more. */
  readonly version: string | null;
  /** `base`: a watched tag that the image was built on; `tag`: another watched tag; `channel`: the image's own repository. */
  readonly how: 'base' | 'tag' | 'channel';
  /** When the tag first had it, RFC 3339, and whether an earlier time is ruled out; `null` for a channel. */
  readonly since: { readonly at: string; readonly isExact: boolean } | null;
}

/** Several packages fit: which is meant? */
export interface Several {
  readonly kind: 'several';
  readonly choices: readonly Choice[];
  /** Choices that are not among them. */
  readonly more: number;
}

export interface Choice {
  readonly purl: string;
  readonly name: string;
  /** `null` while several fit. */
  readonly version: string | null;
  readonly verdict: Explanation['verdict'];
  readonly images: number;
}

/** A package was asked about, no vulnerability: what is found for it. */
export interface PackageAnswer {
  readonly kind: 'package';
  /** Its name, that of its source, or a purl. */
  readonly asked: string;
  /** The first few. */
  readonly versions: readonly PackageVersion[];
  /** Versions that are not among them. */
  readonly more: number;
}

export interface PackageVersion {
  readonly purl: string;
  readonly name: string;
  readonly version: string;
  readonly ecosystem: string;
  readonly source: string | null;
  /** Images that have it. */
  readonly images: number;
  /** Whether a feed speaks of its ecosystem: else nothing is known. */
  readonly isCovered: boolean;
  /** Why no feed is asked about it; `null` when they are. */
  readonly notLookedUp: string | null;
  /** Why its version is not compared as it should be, so that something may be missed; `null` when it is. */
  readonly notCompared: string | null;
  /** The first few. */
  readonly findings: readonly FoundInPackage[];
  /** Findings that are not among them. */
  readonly more: number;
}

export interface FoundInPackage extends Pick<Finding, 'id' | 'severity' | 'fixedIn'> {
  readonly status: FindingStatus | null;
  readonly title: string | null;
  /** Wherever it is found. */
  readonly suppressed: boolean;
}

/** A check was asked about: what it is, and what fails it. */
export interface CheckAnswer extends CheckMeaning {
  readonly kind: 'check';
  readonly check: string;
  /** Images that were looked at, and those that could not be. */
  readonly images: number;
  readonly left: number;
  /** How many of them fail it. */
  readonly failing: number;
  /** Of how many it is not known whether they do, and why: each reason once. */
  readonly undecided: { readonly images: number; readonly why: readonly string[] };
  /** The first few of these. */
  readonly places: readonly CheckPlace[];
}

export interface CheckPlace {
  readonly digest: Digest;
  readonly platform: string;
  readonly called: string | null;
  readonly message: string;
  /** File or setting of the image that shows it. */
  readonly evidence: string | null;
  readonly lineages: readonly Omit<PlaceLineage, 'suppressed' | 'since'>[];
}

/** A thread was asked about: what was told under it, and what of that is open. */
export interface ThreadAnswer {
  readonly kind: 'thread';
  readonly thread: string;
  readonly isOpen: boolean;
  readonly title: string;
  /** Oldest first. */
  readonly told: readonly (Pick<Alert, 'kind' | 'title' | 'remedy' | 'lineages'> & {
    /** Of the night, RFC 3339; `null` for what a push told. */
    readonly at: string | null;
  })[];
  /** The first few. */
  readonly items: readonly ThreadItem[];
  readonly more: number;
}

/** A finding or a failed check that was told under a thread and is open. */
export interface ThreadItem extends Pick<Item, 'key' | 'title' | 'severity' | 'fixedIn'> {
  /** Of the vulnerability, or of the check. */
  readonly id: string;
  /** Its purl without version; `null` of a check. */
  readonly package: string | null;
  readonly lineages: readonly string[];
}
