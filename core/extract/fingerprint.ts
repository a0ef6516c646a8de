import { createHash } from 'node:crypto';
import { LISTED_CHECKS } from '../check/listed-checks.ts';
import { WANTED_VERSION } from '../image/wanted-files.ts';
import { PART_VERSIONS } from './part-versions.ts';

/** All that decides what an inventory says of the same image; part of its key. */
export const EXTRACTORS_FINGERPRINT = fingerprintOf([
  ['capture', WANTED_VERSION],
  ...Object.entries(PART_VERSIONS),
  ...LISTED_CHECKS.map(({ id, version }) => [`check/${id}`, version] as const),
]);

/** Twelve hex digits over names and versions, whatever their order. */
export function fingerprintOf(
  parts: readonly (readonly [name: string, version: number])[],
): string {
  const lines = parts.map(([name, version]) => `${name}@${version}\n`).sort();
  return createHash('sha256').update(lines.join('')).digest('hex').slice(0, 12);
}
