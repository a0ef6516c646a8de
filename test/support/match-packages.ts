import type { Package } from '../../core/inventory/inventory.ts';
import { createMatcher } from '../../core/match/create-matcher.ts';
import type { Finding } from '../../core/match/finding.ts';
import type { EntriesOf } from '../../core/match/look-up.ts';
import { unitKey, unitsOf } from '../../core/match/unit.ts';
import { versionProblems } from '../../core/match/version-problems.ts';

/** The packages of one inventory, all of them, judged: findings by purl, then id. */
export function matchPackages(
  packages: readonly Package[],
  entriesOf: EntriesOf,
  at: string,
  known?: ReadonlySet<string>,
) {
  const matcher = createMatcher(entriesOf, at, known);
  const units = new Map(unitsOf({ packages }).map((unit) => [unitKey(unit), unit]));
  const findings = new Map<string, Finding>();
  for (const unit of sortedByKey(units)) {
    for (const finding of matcher.judge(unit)) {
      const key = `${finding.package}\n${finding.id}`;
      if (!findings.has(key)) findings.set(key, finding);
    }
  }
  return { findings: sortedByKey(findings), problems: versionProblems(packages) };
}

function sortedByKey<Value>(map: ReadonlyMap<string, Value>): Value[] {
  return [...map].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, value]) => value);
}
