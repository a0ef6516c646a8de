import { InvalidVersionError, type VersionScheme } from './scheme.ts';
import { compareKeys, numberKey, type SortKey } from './sort-key.ts';

// PEP 440, appendix B, as packaging reads it.
const VERSION =
  /^\s*v?(?:(?<epoch>\d+)!)?(?<release>\d+(?:\.\d+)*)(?:[-_.]?(?<pre>alpha|a|beta|b|preview|pre|c|rc)[-_.]?(?<preNumber>\d+)?)?(?<post>-(?<implicitPost>\d+)|[-_.]?(?:post|rev|r)[-_.]?(?<postNumber>\d+)?)?(?<dev>[-_.]?dev[-_.]?(?<devNumber>\d+)?)?(?:\+(?<local>[a-z0-9]+(?:[-_.][a-z0-9]+)*))?\s*$/i;

const PRE_RELEASES: Readonly<Record<string, string>> = {
  a: 'a',
  alpha: 'a',
  b: 'b',
  beta: 'b',
  c: 'r',
  rc: 'r',
  pre: 'r',
  preview: 'r',
};

const LOWEST = '\0';
const END = '\u0001';
const MORE = '\u0002';
const MORE_NUMBER = '\u0003';
const HIGHEST = 'z';

type Groups = Readonly<Record<string, string | undefined>>;

/** The order of PEP 440 ("Summary of permitted suffixes and relative ordering"), local versions included. */
export const pep440Scheme: VersionScheme<SortKey> = {
  name: 'pep440',
  parse: keyOf,
  compare: compareKeys,
  isValid: (version) => VERSION.test(version),
};

function keyOf(version: string): SortKey {
  const groups: Groups | undefined = VERSION.exec(version)?.groups;
  if (!groups) throw new InvalidVersionError('pep440', version);
  return (
    numberKey(groups.epoch ?? '') +
    releaseKey(groups.release ?? '') +
    preKey(groups) +
    (groups.post ? MORE + numberKey(groups.implicitPost ?? groups.postNumber ?? '') : LOWEST) +
    (groups.dev ? MORE + numberKey(groups.devNumber ?? '') : HIGHEST) +
    localKey(groups.local)
  );
}

/** `1.0` is `1.0.0`: trailing zeros do not count. */
function releaseKey(release: string): SortKey {
  let key = '';
  for (const each of release.replace(/(?:\.0+)+$/, '').split('.')) key += MORE + numberKey(each);
  return key + END;
}

/** A development release of the final one (`1.0.dev1`) is below its pre-releases. */
function preKey(groups: Groups): SortKey {
  if (groups.pre) {
    return (PRE_RELEASES[groups.pre.toLowerCase()] ?? '') + numberKey(groups.preNumber ?? '');
  }
  return groups.dev && !groups.post ? LOWEST : HIGHEST;
}

/** Numbers above texts; none below any. */
function localKey(local: string | undefined): SortKey {
  if (local === undefined) return LOWEST;
  let key = '';
  for (const each of local.toLowerCase().split(/[-_.]/)) {
    key += /^\d+$/.test(each) ? MORE_NUMBER + numberKey(each) : `${MORE}${each}\0`;
  }
  return key + END;
}
