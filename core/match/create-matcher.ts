import { findingOf } from './decide.ts';
import type { Finding } from './finding.ts';
import {
  createLookups,
  type EntriesOf,
  type Lookup,
  readSubject,
  type Subject,
  timeOf,
} from './look-up.ts';
import { askOwner, withOwner } from './ownership.ts';
import { vulnerabilitiesHeld } from './plan.ts';
import type { OwnerUnit, Unit } from './unit.ts';

/** Judges units by the advisories of one moment. */
export interface Matcher {
  /** The findings of a unit, by id; none of them twice. */
  judge(unit: Unit): readonly Finding[];
}

/** What a matcher works with. */
interface Advisories {
  readonly lookUp: (subject: Subject) => Lookup;
  readonly covered: ReadonlySet<string> | undefined;
}

/**
 * A matcher as of `at` (RFC 3339). What depends on the names of packages alone is worked
 * out once. `covered`: the ecosystems that the snapshots speak of, so that a distribution
 * that no advisories were read of is not taken for one without any.
 */
export function createMatcher(
  entriesOf: EntriesOf,
  at: string,
  covered?: ReadonlySet<string>,
): Matcher {
  const time = timeOf(at);
  const advisories: Advisories = { lookUp: createLookups(entriesOf, time), covered };
  return {
    judge: (unit) => findingsOf(advisories, unit, readSubject(unit, covered)),
  };
}

function findingsOf(advisories: Advisories, unit: Unit, subject: Subject): Finding[] {
  const findings: Finding[] = [];
  const held = vulnerabilitiesHeld(advisories.lookUp(subject), subject);
  for (const { vulnerability, hits } of held) {
    const finding = findingOf(subject, unit.purl, vulnerability, hits);
    const told = unit.owner ? askedOwner(advisories, finding, unit.owner) : finding;
    if (told) findings.push(told);
  }
  return findings;
}

/** A finding with what the owner of its file says; `undefined` when that clears it. */
function askedOwner(
  { lookUp, covered }: Advisories,
  finding: Finding,
  unit: OwnerUnit,
): Finding | undefined {
  const owner = readSubject(unit, covered);
  const { says } = askOwner(owner, lookUp(owner), [finding.id, ...finding.aliases], covered);
  return says === 'cleared' ? undefined : withOwner(finding, unit, says);
}
