import { ceilingOf, plainCeilingOf } from '../advisory/read-entry.ts';
import { type Decision, decideBy, decidingFor } from './decide.ts';
import {
  type Candidate,
  type Lookup,
  type Plan,
  type Planned,
  readingOf,
  type Subject,
  type Vulnerability,
} from './look-up.ts';

/** A vulnerability that a package has. */
export interface Held {
  readonly vulnerability: Vulnerability;
  readonly hits: Decision['hits'];
}

type Bounded = Plan['bounded'][number][number];

/**
 * The vulnerabilities of a package, as `decide` says of each, by id. Most fixes lie below
 * what is installed: from the highest down, the first that does ends the search.
 */
export function vulnerabilitiesHeld(lookup: Lookup, subject: Subject): Held[] {
  const held: Held[] = [];
  const look = ({ vulnerability, deciding }: Planned) => {
    const { hits } = decideBy(subject, deciding);
    if (hits.length > 0) held.push({ vulnerability, hits });
  };
  const { open, bounded } = planFor(lookup, subject.unit.arch);
  for (const each of open) look(each);
  for (const [place, list] of bounded.entries()) {
    for (const each of list) {
      if (isAbove(subject, place, each)) break;
      look(each);
    }
  }
  return held.sort((left, right) => (left.vulnerability.id < right.vulnerability.id ? -1 : 1));
}

/** Whether nothing from here down can hold; what cannot be compared has to be asked of each. */
function isAbove({ installed }: Subject, place: number, { ceiling }: Bounded): boolean {
  const version = installed[place];
  if (!version?.scheme || !version.parsed || version.text === '0') return false;
  return version.scheme.compare(version.parsed.value, ceiling) > 0;
}

function planFor(lookup: Lookup, arch: string | null): Plan {
  let plan = lookup.plans.get(arch);
  if (!plan) {
    plan = makePlan(lookup.vulnerabilities, arch);
    lookup.plans.set(arch, plan);
  }
  return plan;
}

function makePlan(vulnerabilities: readonly Vulnerability[], arch: string | null): Plan {
  const open: Planned[] = [];
  const bounded: Bounded[][] = [];
  for (const vulnerability of vulnerabilities) {
    const deciding = decidingFor(vulnerability.candidates, arch);
    const ceiling = ceilingOver(deciding);
    const place = deciding[0]?.place;
    // Cleared for all versions, or of none: there is nothing to look at.
    if (ceiling === null || place === undefined) continue;
    if (ceiling === undefined) open.push({ vulnerability, deciding });
    else {
      bounded[place] ??= [];
      bounded[place].push({ vulnerability, deciding, ceiling: ceiling.value });
    }
  }
  const { scheme } = vulnerabilities[0]?.candidates[0]?.reader ?? {};
  for (const [place, list] of bounded.entries()) {
    bounded[place] = scheme
      ? (list ?? []).sort((left, right) => scheme.compare(right.ceiling, left.ceiling))
      : [];
  }
  return { open, bounded };
}

/** The highest ceiling of candidates that all speak of one version, as `ceilingOf`. */
function ceilingOver(candidates: readonly Candidate[]): ReturnType<typeof ceilingOf> {
  let highest: { readonly value: unknown } | null = null;
  for (const candidate of candidates) {
    const { entry, reader } = candidate;
    const { scheme } = reader;
    if (!scheme || candidate.place !== candidates[0]?.place) return undefined;
    let ceiling = plainCeilingOf(entry, reader);
    if (ceiling === undefined) ceiling = ceilingOf(readingOf(candidate), scheme);
    if (ceiling === undefined) return undefined;
    if (ceiling && (!highest || scheme.compare(ceiling.value, highest.value) > 0)) {
      highest = ceiling;
    }
  }
  return highest;
}
