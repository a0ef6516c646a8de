import { isForNone } from '../advisory/read-entry.ts';
import {
  type Decision,
  decide,
  decidingFor,
  evaluateCandidate,
  isForArchitecture,
} from './decide.ts';
import { isCovered } from './find-unmatched.ts';
import type { Finding, FindingOwner } from './finding.ts';
import { type Lookup, readingOf, type Subject } from './look-up.ts';
import type { OwnerUnit } from './unit.ts';
import type { Candidate, Vulnerability } from './vulnerability.ts';

/** What the advisories of an OS package say of a vulnerability in one of its files. */
export interface OwnerSays {
  /** `cleared`: not affected, or fixed at or below what is installed; else as in a finding. */
  readonly says: 'cleared' | FindingOwner['says'];
  /** What decided, each with its decision. */
  readonly about: readonly { readonly vulnerability: Vulnerability; readonly decision: Decision }[];
}

/**
 * Asks the owner of a file about a vulnerability that a language package in it has. Who
 * builds a package may have patched what is in it, or not: only what its advisories say of
 * this very vulnerability, under any of its names, clears it
 * (https://github.com/chainguard-dev/vulnerability-scanner-support, docs/scanning_implementation.md,
 * "Discovering non-distro packages"). Silence clears nothing, and what is not affected on another
 * architecture, or in another stream of a module, is silence about this one (`whyNotThisBuild`).
 */
export function askOwner(
  owner: Subject,
  lookup: Lookup,
  ids: Iterable<string>,
  covered: ReadonlySet<string> | undefined,
): OwnerSays {
  const found = new Set<Vulnerability>();
  for (const id of ids) for (const each of lookup.about(id)) found.add(each);
  const about = [...found]
    .map((vulnerability) => ({ vulnerability, decision: decide(owner, vulnerability) }))
    .filter(
      ({ vulnerability, decision }) => decision.hits.length > 0 || isCleared(owner, vulnerability),
    );
  if (about.some(({ decision }) => decision.hits.length > 0)) return { says: 'affected', about };
  if (about.length > 0) return { says: 'cleared', about };
  const isRead = covered === undefined || isCovered(owner.unit.ecosystem, covered);
  return { says: isRead ? 'nothing' : 'unread', about };
}

function isCleared(owner: Subject, { candidates }: Vulnerability): boolean {
  return decidingFor(candidates, owner.unit.arch).some(
    (candidate) =>
      !evaluateCandidate(owner, candidate).fallback && whyNotThisBuild(owner, candidate) === null,
  );
}

/**
 * Why a record that does not hit clears nothing: it may be about another build than what is installed.
 * That no version is affected on another architecture says nothing of what was built, or linked, here;
 * a version that fixed it is one of the recipe, from which each architecture is built. A fix in a
 * module may be that of an older stream: no record says of which it is.
 */
export function whyNotThisBuild(
  owner: Subject,
  candidate: Candidate,
): 'clears-other-architecture' | 'clears-unknown-stream' | null {
  const { entry, reader, place } = candidate;
  const isOther = !isForArchitecture(entry.arch, owner.unit.arch);
  const isNone = isForNone(readingOf(candidate), reader.scheme);
  if (isOther && isNone) return 'clears-other-architecture';
  return owner.names[place]?.isModular && !isNone ? 'clears-unknown-stream' : null;
}

/** A finding with the owner of its file; one that is cleared is none, and stays as it was. */
export function withOwner(
  finding: Finding,
  { name, version }: OwnerUnit,
  says: OwnerSays['says'],
): Finding {
  return says === 'cleared' ? finding : { ...finding, owner: { name, version, says } };
}
