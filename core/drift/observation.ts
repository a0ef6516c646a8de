import type { Digest } from '../image/digest.ts';

/** Names (`name=version`) that differ between two observations, sorted. */
export interface PackagesChanged {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** `name: old -> new`. */
  readonly changed: readonly string[];
}

/** One digest that a watched tag pointed at, on one platform. */
export interface Observation {
  /** `registry/repository:tag`. */
  readonly image: string;
  /** When the tag moved there (RFC 3339, milliseconds). */
  readonly at: string;
  /** When we saw it. */
  readonly seenAt: string;
  readonly digest: Digest;
  readonly platform: string;
  readonly platformDigest: Digest;
  readonly python: {
    readonly version: string;
    readonly minor: string;
    readonly evidence: string;
  } | null;
  /** Against the observation before; `null` on the first. */
  readonly packagesChanged: PackagesChanged | null;
}
