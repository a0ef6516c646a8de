import { type MavenItem, readMavenItems } from './maven-items.ts';
import { InvalidVersionError, type VersionScheme } from './scheme.ts';
import { compareKeys, numberKey, type SortKey } from './sort-key.ts';

// Maven's DefaultModelValidator refuses these; an expression that nobody has filled in is no version.
const STRICT = /^[^\\/:"<>|?*[\](){},$]+$/;

/** Words below and above a version without any. */
const QUALIFIERS: ReadonlyMap<string, string> = new Map([
  ['alpha', '\u0001'],
  ['beta', '\u0002'],
  ['milestone', '\u0003'],
  ['rc', '\u0004'],
  ['snapshot', '\u0005'],
  ['sp', '\u000b'],
]);

/** `ga` and its like say what the end says: what follows them decides. */
const RELEASE_BELOW_END = '\u0006';
const LIST_BELOW_END = '\u0007';
const ZERO_BELOW_END = '\u0008';
const END = '\u0009';
const RELEASE_ABOVE_END = '\u000a';
/** All that are not among the qualifiers, by their letters. */
const OTHER_WORD = '\u000c';
const LIST_ABOVE_END = '\u000d';
const NUMBER = '\u000e';

/**
 * The order of Maven 3
 * (https://maven.apache.org/pom.html#version-order-specification; ComparableVersion of 3.9
 * where that says less). Where Maven runs in a circle, `1.0.beta-1` < `1` < `1-sp` <
 * `1.0.beta-1`, what stands below the end (`1`) stays below all that stands above it. Maven
 * compares every text; an empty one, and one with blanks, is refused.
 */
export const mavenScheme: VersionScheme<SortKey> = {
  name: 'maven',
  parse: keyOf,
  compare: compareKeys,
  isValid: (version) => isText(version) && STRICT.test(version),
};

function isText(version: string): boolean {
  return /^[^\p{Cc}\s]+$/u.test(version);
}

function keyOf(version: string): SortKey {
  if (!isText(version)) throw new InvalidVersionError('maven', version);
  const items = readMavenItems(version);
  const signs = signsOf(items);
  let key = '';
  for (const [index, item] of items.entries()) {
    const sign = signs[index] ?? 0;
    // All that is left says what the end says.
    if (sign === 0) break;
    key += (sign < 0 ? LIST_BELOW_END : LIST_ABOVE_END).repeat(item.opens) + itemKey(item, sign);
  }
  return key + END;
}

/** Where a version stands, from each item on, to one that ends there: below it (-1), at it, above it. */
function signsOf(items: readonly MavenItem[]): number[] {
  let sign = 0;
  return items
    .toReversed()
    .map((item) => {
      sign = signOf(item) || sign;
      return sign;
    })
    .reverse();
}

function signOf({ word, digits }: MavenItem): number {
  if (word === null) return digits === '' ? 0 : 1;
  if (word === '') return 0;
  return (QUALIFIERS.get(word) ?? OTHER_WORD) < END ? -1 : 1;
}

function itemKey({ word, digits }: MavenItem, sign: number): SortKey {
  if (word === null) return digits === '' && sign < 0 ? ZERO_BELOW_END : NUMBER + numberKey(digits);
  if (word === '') return sign < 0 ? RELEASE_BELOW_END : RELEASE_ABOVE_END;
  return QUALIFIERS.get(word) ?? `${OTHER_WORD}${word}\0`;
}
