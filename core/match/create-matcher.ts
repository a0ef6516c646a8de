import type { InstalledVersion } from '../advisory/read-entry.ts';
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
import { whyNotLookedUp } from './not-looked-up.ts';
import { askOwner, withOwner } from './ownership.ts';
import { vulnerabilitiesHeld } from './plan.ts';
import type { OwnerUnit, Unit } from './unit.ts';

/** What is known of one unit. */
export interface Judgement {
  /** By id; none of them twice. */
  readonly findings: readonly Finding[];
  /** Why its versions could not be compared as they should; where the package is, the caller knows. */
  readonly problems: readonly string[];
}

/** Judges units by the advisories of one moment. */
export interface Matcher {
  judge(unit: Unit): Judgement;
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
    judge(unit) {
      const subject = readSubject(unit, covered);
      return { findings: findingsOf(advisories, unit, subject), problems: problemsOf(subject) };
    },
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
