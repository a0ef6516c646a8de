import type { InstalledVersion } from '../advisory/read-entry.ts';
import type { Problem } from '../image/capture.ts';
import type { Package } from '../inventory/inventory.ts';
import { readSubject, type Subject } from './look-up.ts';
import { whyNotLookedUp } from './not-looked-up.ts';
import { createUnitReader, type OwnerUnit } from './unit.ts';

/** Packages of one inventory that cannot be compared as they should, whatever advisories say; by path, then reason. */
export function versionProblems(packages: readonly Package[]): Problem[] {
  const unitOf = createUnitReader(packages);
  const problems = new Map<string, Problem>();
  for (const each of packages) {
    const { path } = each;
    for (const reason of problemsOf(readSubject(unitOf(each)))) {
      problems.set(`${path}\n${reason}`, { path, reason });
    }
  }
  return [...problems].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, each]) => each);
}

function problemsOf({ unit, installed }: Subject): string[] {
  if (unit.ecosystem === '') return [];
  const reason = whyNotLookedUp(unit);
  if (reason !== null) return [`${unit.name} is not matched: ${reason}`];
  const problems = new Set<string>();
  for (const version of new Set(installed)) {
    const problem = problemOf(unit, version);
    if (problem !== undefined) problems.add(problem);
  }
  return [...problems].sort();
}

/** What of a version cannot be compared as it should; `undefined` when nothing is wrong. */
function problemOf(
  { ecosystem, name }: OwnerUnit,
  { text, scheme, parsed }: InstalledVersion,
): string | undefined {
  const what = `version ${JSON.stringify(text)} of ${name}`;
  if (!scheme)
    return `${what}: the order of ${ecosystem} is not known, only records that list it or hold for every version match`;
  if (!parsed)
    return `${what} is no ${scheme.name} version, only records that list it or hold for every version match`;
  if (scheme.isValid(text)) return undefined;
  return `${what} is no valid ${scheme.name} version, compared as far as it is`;
}
