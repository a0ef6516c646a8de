import { pep440Scheme } from './pep440.ts';

/** More than any minor of Python ever had of releases. */
const MICROS = 40;

const CLAUSE = /^(?<operator>~=|==|!=|<=|>=|<|>)\s*(?<version>[\w.!+-]{1,64}?)(?<any>\.\*)?$/;

/**
 * Whether a `Requires-Python` (PEP 345, PEP 440 "Version specifiers") lets any release of a minor
 * in. Clauses that are none are passed over, as installers of the time did when they wrote them.
 *
 * @param minor `3.14`; a free-threaded build is one of the same version
 */
export function allowsMinor(requires: string, minor: string): boolean {
  const clauses = requires
    .slice(0, 1000)
    .split(',')
    .flatMap((text) => toTest(text.trim()) ?? []);
  const releases = Array.from({ length: MICROS }, (_, at) => `${minor.replace(/t$/, '')}.${at}`);
  return releases.some((release) => clauses.every((allows) => allows(release)));
}

function toTest(text: string): ((release: string) => boolean) | undefined {
  const { operator, version = '', any } = CLAUSE.exec(text)?.groups ?? {};
  if (!operator || !pep440Scheme.isValid(version)) return undefined;
  const bound = pep440Scheme.parse(version);
  const order = (release: string) => pep440Scheme.compare(pep440Scheme.parse(release), bound);
  const isBelow = (release: string, prefix: string) => `${release}.`.startsWith(`${prefix}.`);
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
