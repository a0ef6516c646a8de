import { InvalidVersionError, type VersionScheme } from './scheme.ts';
import { compareKeys, numberKey, type SortKey } from './sort-key.ts';

// rpm's parseEVR(): digits before a colon are the epoch, the release follows the last hyphen.
const EVR = /^(?:(?<epoch>\d*):)?(?<version>\S+?)(?:-(?<release>[^\s-]*))?$/;

// https://rpm-software-management.github.io/rpm/man/rpm-version.7
const STRICT = /^(?:\d+:)?[A-Za-z0-9._+~^]+(?:-[A-Za-z0-9._+~^]+)?$/;

/** What both sides are made of; all else separates (rpmvercmp()). */
const SEGMENTS = /~|\^|[0-9]+|[A-Za-z]+/g;

/** Where two versions part: `~` is below the end, `^` just above it, and a number above a word. */
const NO_RELEASE = '\0';
const TILDE = '\u0001';
const END = '\u0002';
const CARET = '\u0003';
const WORD = '\u0004';
const NUMBER = '\u0005';

/**
 * The order of rpm (rpmio/rpmvercmp.c, rpmverCmp()) on `[epoch:]version[-release]`. A missing
 * epoch is 0, as in rpm; a missing release is below any.
 */
export const rpmScheme: VersionScheme<SortKey> = {
  name: 'rpm',
  parse: keyOf,
  compare: compareKeys,
  isValid: (version) => STRICT.test(version),
};

function keyOf(version: string): SortKey {
  const groups = EVR.exec(version)?.groups;
  if (!groups?.version) throw new InvalidVersionError('rpm', version);
  const { epoch = '', version: upstream, release } = groups;
  const releaseKey = release === undefined ? NO_RELEASE : partKey(release);
  return numberKey(epoch) + partKey(upstream) + releaseKey;
}

function partKey(part: string): SortKey {
  let key = '';
  for (const segment of part.match(SEGMENTS) ?? []) key += segmentKey(segment);
  return key + END;
}

function segmentKey(segment: string): SortKey {
  if (segment === '~') return TILDE;
  if (segment === '^') return CARET;
  return /^\d/.test(segment) ? NUMBER + numberKey(segment) : `${WORD}${segment}\0`;
}
