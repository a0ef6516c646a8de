import type { Drift } from '../drift/find-drifts.ts';
import type { Digest } from '../image/digest.ts';
import type { BaseEvidence } from '../inventory/base-evidence.ts';
import type { BaseConfidence, BaseMethod } from '../inventory/identify-base.ts';
import type { SbomComparison } from '../sbom/compare-sbom.ts';

/** One build of a watched tag on one platform, by what images are compared with it. */
export interface KnownBuild {
  /** As the tag has it: the index's digest if there is one. */
  readonly digest: Digest;
  readonly platformDigest: Digest;
  /** When the tag pointed there first, and when that was recorded (RFC 3339). */
  readonly at: string;
  readonly seenAt: string;
  readonly diffIds: readonly Digest[];
  readonly evidence?: BaseEvidence;
  /** purls of all of its packages. */
  readonly packages: readonly string[];
  /** Of its runtimes and its libc what others break on: `python` is `3.13`. */
  readonly series: Partial<Readonly<Record<Drift['part'], string>>>;
}

/** A watched tag on one platform. */
export interface KnownTag {
  /** `registry/repository:tag`. */
  readonly image: string;
  readonly platform: string;
  /** The last of its builds that were read, and all that some image is built on; oldest first. */
  readonly builds: readonly KnownBuild[];
  /** What it pointed at, by platform digests, the last of them; oldest first. */
  readonly moves: readonly Digest[];
  /** What it points at, as far as anybody knows; it may be none of `builds`: what was not read. */
  readonly newest: { readonly platformDigest: Digest; readonly at: string };
}

/** What an image is built on. */
export interface ImageBase {
  /** A watched tag; or what is claimed. */
  readonly name: string;
  /** Of the build; `null` while only its name is known. */
  readonly digest: Digest | null;
  /** `null` where no watched tag's build is known to be it. */
  readonly platformDigest: Digest | null;
  readonly method: BaseMethod;
  readonly confidence: BaseConfidence;
  /** Present where the image is that very build, and nothing was built on it. */
  readonly isItself?: true;
}

/** A bill of materials that says something else than the layers; of each difference the first few. */
export type SbomNote = Pick<
  SbomComparison,
  'source' | 'format' | 'packages' | 'onlyInSbom' | 'onlyInLayers' | 'otherVersion'
>;

/** What a night notes of an image once: it does not change with advisories. */
export interface ImageOrigin {
  readonly digest: Digest;
  readonly platform: string;
  /** The night that saw it first, and the one that looked for its base last. */
  readonly since: string;
  readonly judged: string;
  readonly base: ImageBase | null;
  /** Bills of materials that differ; absent where none does. */
  readonly sboms?: readonly SbomNote[];
  /** Bills of materials that could not be read; absent where all could be. */
  readonly unreadSboms?: number;
}

/** Where a fleet's images come from, as of a night. */
export interface Origins {
  readonly tags: readonly KnownTag[];
  readonly images: readonly ImageOrigin[];
  /**
   * Keys of the items that the night's advisories find in the newest builds of tags that images are built on, by
   * platform digest. Of what was not read, or not judged, nothing is there.
   */
  readonly findings: Readonly<Record<Digest, readonly string[]>>;
  /** Of the snapshots that these were found by, a hash. */
  readonly judgedBy: string;
  /** How far the builds are read by the code that wrote this; not there in a night that began before it was asked for. */
  readonly reading?: BuildReading;
}

/** Which builds of the watched tags today's extractors have not read; what older ones said of them stays. */
export interface BuildReading {
  /** Fingerprint of the extractors. */
  readonly extractors: string;
  /** Platform digests that nobody has tried to read out of what is kept; sorted. */
  readonly left: readonly Digest[];
  /** Those of which too little is kept; sorted. */
  readonly lost: readonly Digest[];
}
