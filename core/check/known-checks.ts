import { OPAQUE_CHECK } from '../cover/coverage.ts';
import { PART_VERSIONS } from '../extract/part-versions.ts';
import { hashOf } from '../object/json-object.ts';
import { LISTED_CHECKS } from './listed-checks.ts';
import { SUPPORT_DATES } from './support/support-dates.ts';

/** Another table of dates is another check: what only it says may have been so all along. */
const SUPPORT_VERSION = `${PART_VERSIONS['supported-parts']}.${hashOf(SUPPORT_DATES).slice(0, 8)}`;

/** Every check that may be told with its version: what code knows how to ask. Sorted. */
export const KNOWN_CHECKS: readonly string[] = [
  ...LISTED_CHECKS,
  // Not one of an image's files, but told like them.
  { id: OPAQUE_CHECK, version: PART_VERSIONS.coverage },
  { id: 'support', version: SUPPORT_VERSION },
  { id: 'image-size', version: 1 },
]
  .map(({ id, version }) => `${id}@${version}`)
  .sort();

/**
 * Checks that look at what captures tell of files. Of an image that is known by older captures they may have been
 * made without what they would have found; what else they look at never lacked anything.
 */
export const CHECKS_OF_CAPTURES: ReadonlySet<string> = new Set([
  OPAQUE_CHECK,
  'private-key',
  'script-interpreter',
  'elf-interpreter',
  'libraries',
  'glibc-version',
  'python-environment',
]);

/** What was asked before results said so. */
const FIRST_CHECKS = ['root-user@1', 'shell@1', 'package-manager@1'];

/**
 * The ids of checks that an earlier result was made without, or by another version of: that one of
 * them fails may have been so all along.
 *
 * @param known what the result says it was made with
 */
export function checksNewSince(known: readonly string[] = FIRST_CHECKS): ReadonlySet<string> {
  const asked = new Set(known);
  return new Set(
    KNOWN_CHECKS.filter((each) => !asked.has(each)).map((each) => each.slice(0, each.indexOf('@'))),
  );
}
