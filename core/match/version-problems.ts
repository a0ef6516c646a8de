import type { Problem } from '../image/capture.ts';
import type { Package } from '../inventory/inventory.ts';
import { createUnitReader } from './unit.ts';
import { problemsOfUnit } from './unit-problems.ts';

/** Packages of one inventory that cannot be compared as they should, whatever advisories say; by path, then reason. */
export function versionProblems(packages: readonly Package[]): Problem[] {
  const unitOf = createUnitReader(packages);
  const problems = new Map<string, Problem>();
  for (const each of packages) {
    const { path } = each;
    for (const { text: reason } of problemsOfUnit(unitOf(each))) {
      problems.set(`${path}\n${reason}`, { path, reason });
    }
  }
  return [...problems].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, each]) => each);
}
