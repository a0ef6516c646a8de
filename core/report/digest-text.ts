import type { Digest } from '../image/digest.ts';

/** `sha256:` and twelve digits: what a person compares. */
const SHOWN = 19;

/**
 * A digest as alerts and orchestrators name it, and the platform's, by which scans are keyed, where it is
 * another one: of an image for one platform both are the same.
 */
export function digestText(named: Digest, platform: Digest): string {
  const short = named.slice(0, SHOWN);
  return named === platform ? short : `${short}, platform ${platform.slice(0, SHOWN)}`;
}
