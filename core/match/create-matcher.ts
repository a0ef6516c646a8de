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

function findingsOf(advisories: Advisories, unit: Unit, subject: Subject): readonly Finding[] {
  const held = vulnerabilitiesHeld(advisories.lookUp(subject), subject);
  if (held.length === 0) return NO_FINDINGS;
  const findings = held.map(({ vulnerability, hits }) =>
    findingOf(subject, unit.purl, vulnerability, hits),
  );
  const { owner } = unit;
  return owner ? findings.flatMap((each) => askedOwner(advisories, each, owner) ?? []) : findings;
}

/** One for all that have none: most units of a fleet. */
const NO_FINDINGS: readonly Finding[] = [];

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
