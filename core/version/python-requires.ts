import { pep440Scheme } from './pep440.ts';
import type { SortKey } from './sort-key.ts';

/** More than any minor of Python ever had of releases. */
const MICROS = 40;

const CLAUSE = /^(?<operator>~=|==|!=|<=|>=|<|>)\s*(?<version>[\w.!+-]{1,64}?)(?<any>\.\*)?$/;

/** Nobody needs more clauses; what an image makes up is not read on. */
const CLAUSES = 16;

interface Release {
  readonly text: string;
  readonly key: SortKey;
}

/** By minor: there are fewer than a hundred. */
const known = new Map<string, readonly Release[]>();

/**
 * Whether a `Requires-Python` (PEP 345, PEP 440 "Version specifiers") lets any release of a minor
 * in. Clauses that are none are passed over, as installers of the time did when they wrote them.
 *
 * @param minor `3.14`; a free-threaded build is one of the same version
 */
export function allowsMinor(requires: string, minor: string): boolean {
  const clauses = requires.split(',', CLAUSES).flatMap((text) => toTest(text.trim()) ?? []);
  return releasesOf(minor.replace(/t$/, '')).some((release) =>
    clauses.every((allows) => allows(release)),
  );
}

function releasesOf(minor: string): readonly Release[] {
  const there = known.get(minor);
  if (there) return there;
  const releases = Array.from({ length: MICROS }, (_, at): Release => {
    const text = `${minor}.${at}`;
    return { text, key: pep440Scheme.parse(text) };
  });
  if (/^\d\.\d{1,2}$/.test(minor)) known.set(minor, releases);
  return releases;
}

function toTest(text: string): ((release: Release) => boolean) | undefined {
  const { operator, version = '', any } = CLAUSE.exec(text)?.groups ?? {};
  if (!operator || !pep440Scheme.isValid(version)) return undefined;
  const bound = pep440Scheme.parse(version);
  const order = ({ key }: Release) => pep440Scheme.compare(key, bound);
  const isBelow = ({ text: release }: Release, prefix: string) =>
    `${release}.`.startsWith(`${prefix}.`);
  switch (operator) {
    case '==':
      return any ? (release) => isBelow(release, version) : (release) => order(release) === 0;
    case '!=':
      return any ? (release) => !isBelow(release, version) : (release) => order(release) !== 0;
    case '~=':
      return (release) =>
        order(release) >= 0 && isBelow(release, version.split('.').slice(0, -1).join('.'));
    case '<=':
      return (release) => order(release) <= 0;
    case '>=':
      return (release) => order(release) >= 0;
    case '<':
      return (release) => order(release) < 0;
    default:
      return (release) => order(release) > 0;
  }
}
