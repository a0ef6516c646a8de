import { InvalidVersionError, type VersionScheme } from './scheme.ts';
import { compareKeys, numberKey, type SortKey } from './sort-key.ts';

// deb-version(7): [epoch:]upstream-version[-debian-revision]; the revision follows the last
// hyphen, and a colon asks for an epoch.
const VERSION =
  /^(?:(?<epoch>\d+):|(?!.*:))(?<upstream>[A-Za-z0-9.+~:-]+?)(?:-(?<revision>[A-Za-z0-9.+~]+))?(?<!-)$/;

const TILDE = '\u0001';
const END_OF_PART = '\u0002';

/** The order of dpkg (deb-version(7), lib/dpkg/version.c). */
export const debScheme: VersionScheme<SortKey> = {
  name: 'deb',
  parse: keyOf,
  compare: compareKeys,
  // Policy 5.6.12 wants a digit first; dpkg itself only warns.
  isValid: (version) => /^(?:\d+:)?\d/.test(version) && VERSION.test(version),
};

function keyOf(version: string): SortKey {
  const groups = VERSION.exec(version)?.groups;
  if (!groups?.upstream) throw new InvalidVersionError('deb', version);
  const { epoch = '', upstream, revision = '' } = groups;
  return numberKey(epoch) + partKey(upstream) + partKey(revision);
}

/** Texts and numbers in turn, as verrevcmp() takes them; a missing number is zero: `a` is `a0`. */
function partKey(part: string): SortKey {
  let key = '';
  let at = 0;
  do {
    while (at < part.length && !isDigit(part.charCodeAt(at))) key += characterKey(part, at++);
    const start = at;
    while (at < part.length && isDigit(part.charCodeAt(at))) at++;
    key += END_OF_PART + numberKey(part.slice(start, at));
  } while (at < part.length);
  return key + END_OF_PART;
}

/** `~` before the end, letters before all else (dpkg's order()). */
function characterKey(part: string, at: number): SortKey {
  const code = part.charCodeAt(at);
  if (code === 0x7e) return TILDE;
  return String.fromCharCode(isLetter(code) ? code : code + 0x80);
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

function isLetter(code: number): boolean {
  return (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a);
}
