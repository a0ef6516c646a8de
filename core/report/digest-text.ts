import type { Digest } from '../image/digest.ts';

/** `sha256:` and twelve digits. */
const SHOWN = 19;

/**
 * A digest as alerts and orchestrators name it, and the platform's, by which scans are keyed, where it is
 * another one: of an image for one platform both are the same.
 */
export function digestText(named: Digest, platform: Digest): string {
  const short = shortDigest(named);
  return named === platform ? short : `${short}, platform ${shortDigest(platform)}`;
}

/** The beginning of a digest: what a person compares. */
export function shortDigest(digest: Digest): string {
  return digest.slice(0, SHOWN);
}
