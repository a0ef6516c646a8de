import { InvalidVersionError, type VersionScheme } from './scheme.ts';
import { compareKeys, numberKey, type SortKey } from './sort-key.ts';

// Beyond semver 2.0.0: any count of numbers, of any size, since Go, npm and crates.io data has them.
const VERSION =
  /^v?(?<release>\d+(?:\.\d+)*)(?:-(?<pre>[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+[0-9A-Za-z.-]+)?$/;

// https://semver.org/#is-there-a-suggested-regular-expression-regex-to-check-a-semver-string, with Go's `v`.
const STRICT =
  /^v?(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)(?:-(?:0|[1-9]\d*|\d*[A-Za-z-][0-9A-Za-z-]*)(?:\.(?:0|[1-9]\d*|\d*[A-Za-z-][0-9A-Za-z-]*))*)?(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?$/;

const END = '\u0001';
const NUMBER = '\u0002';
const TEXT = '\u0003';
const FINAL = '\u0004';

/** Precedence of Semantic Versioning 2.0.0, item 11; build metadata does not count. */
export const semverScheme: VersionScheme<SortKey> = {
  name: 'semver',
  parse: keyOf,
  compare: compareKeys,
  isValid: (version) => STRICT.test(version),
};

function keyOf(version: string): SortKey {
  const groups = VERSION.exec(version)?.groups;
  if (!groups?.release) throw new InvalidVersionError('semver', version);
  let key = '';
  // Missing numbers are zero: `1.2` is `1.2.0`.
  for (const each of groups.release.replace(/(?:\.0+)+$/, '').split('.')) {
    key += NUMBER + numberKey(each);
  }
  return key + END + preReleaseKey(groups.pre);
}

/** Numbers below texts, fewer identifiers below more, and a final release above all. */
function preReleaseKey(pre: string | undefined): SortKey {
  if (pre === undefined) return FINAL;
  let key = '';
  for (const each of pre.split('.')) {
    key += /^\d+$/.test(each) ? NUMBER + numberKey(each) : `${TEXT}${each}\0`;
  }
  return key + END;
}
