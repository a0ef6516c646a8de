import type { VersionScheme } from './scheme.ts';
import { compareKeys, numberKey, type SortKey } from './sort-key.ts';

// apk-tools src/version.c: digit{.digit}...{letter}{_suffix{#}}...{~hash}{-r#}. Every part
// is optional but the first, so the match ends where apk's first invalid token begins.
const TOKENS =
  /^(\d+)((?:\.\d+)*)([a-z]?)((?:_(?:alpha|beta|pre|rc|cvs|svn|git|hg|p)(?![a-z])\d*)*)(?:~([0-9A-Fa-f]+))?(?:-r(\d+))?/;

/**
 * One character for each kind of token. Where two versions part, a pre-release suffix is
 * the lowest; else the kind that comes later in the grammar is, and an invalid token is
 * below the end (apk_version_compare_fuzzy).
 */
const INVALID = 'E';
const END = 'F';
const REVISION = 'G';
const HASH = 'H';
const SUFFIX_NUMBER = 'I';
const LETTER = 'O';
const DIGIT = 'P';
const INITIAL_DIGIT = 'Q';
const SUFFIXES: Readonly<Record<string, string>> = {
  alpha: 'A',
  beta: 'B',
  pre: 'C',
  rc: 'D',
  cvs: 'J',
  svn: 'K',
  git: 'L',
  hg: 'M',
  p: 'N',
};

/**
 * The order of apk-tools (src/version.c). It knows every text: the first invalid token
 * ends the comparison and sorts below the end, and two invalid rests are equal.
 */
export const apkScheme: VersionScheme<SortKey> = {
  name: 'apk',
  parse: keyOf,
  compare: compareKeys,
  isValid: (version) => TOKENS.exec(version)?.[0].length === version.length,
};

function keyOf(version: string): SortKey {
  const match = TOKENS.exec(version);
  if (!match) return INVALID;
  const [whole, initial = '', digits = '', letter, suffixes, hash, revision] = match;
  let key = INITIAL_DIGIT + numberKey(initial);
  if (digits) for (const each of digits.slice(1).split('.')) key += DIGIT + digitKey(each);
  if (letter) key += LETTER + letter;
  if (suffixes) for (const each of suffixes.slice(1).split('_')) key += suffixKey(each);
  if (hash) key += `${HASH}${hash}\0`;
  if (revision) key += REVISION + numberKey(revision);
  return key + (whole.length === version.length ? END : INVALID);
}

/** With a leading zero on either side apk compares the raw text, so such a one is below all others. */
function digitKey(digits: string): SortKey {
  return digits.startsWith('0') ? `\0${digits}\0` : numberKey(digits);
}

function suffixKey(suffix: string): SortKey {
  const word = suffix.replace(/\d+$/, '');
  const number = suffix.slice(word.length);
  return (SUFFIXES[word] ?? '') + (number && SUFFIX_NUMBER + numberKey(number));
}
