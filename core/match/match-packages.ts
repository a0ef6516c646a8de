import type { Problem } from '../image/capture.ts';
import type { Package } from '../inventory/inventory.ts';
import { createMatcher } from './create-matcher.ts';
import type { Finding } from './finding.ts';
import type { EntriesOf } from './look-up.ts';
import { createUnitReader, type Unit, unitKey } from './unit.ts';

export { lookupKeys } from './lookup-keys.ts';

/** What `matchPackages` found. */
interface Match {
  /** One for each package and vulnerability, by purl, then id. */
  readonly findings: Finding[];
  /** Versions that could not be compared as they should. */
  readonly problems: Problem[];
}

/**
 * Matches the packages of one inventory, all of them, against advisories as of `at`
 * (RFC 3339): the same packages and entries give the same findings, in whatever order
 * they come. `known`: the ecosystems that the feeds speak of.
 */
export function matchPackages(
  packages: readonly Package[],
  entriesOf: EntriesOf,
  at: string,
  known?: ReadonlySet<string>,
): Match {
  const matcher = createMatcher(entriesOf, at, known);
  const findings = new Map<string, Finding>();
  const problems = new Map<string, Problem>();
  for (const { unit, paths } of distinct(packages)) {
    const judgement = matcher.judge(unit);
    for (const finding of judgement.findings) {
      const key = `${finding.package}\n${finding.id}`;
      if (!findings.has(key)) findings.set(key, finding);
    }
    for (const reason of judgement.problems) {
      for (const path of paths) problems.set(`${path}\n${reason}`, { path, reason });
    }
  }
  return { findings: sortedByKey(findings), problems: sortedByKey(problems) };
}

interface Places {
  readonly unit: Unit;
  readonly paths: Set<string>;
}

/** The same package at two places (two venvs) is one; sorted, so that the input's order is none. */
function distinct(packages: readonly Package[]): Places[] {
  const unitOf = createUnitReader(packages);
  const places = new Map<string, Places>();
  for (const each of packages) {
    const unit = unitOf(each);
    const key = unitKey(unit);
    const known = places.get(key) ?? { unit, paths: new Set() };
    known.paths.add(each.path);
    places.set(key, known);
  }
  return sortedByKey(places);
}

function sortedByKey<Value>(map: ReadonlyMap<string, Value>): Value[] {
  return [...map].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, value]) => value);
}
