import { type Decision, decide } from './decide.ts';
import { isCovered } from './find-unmatched.ts';
import type { Finding, FindingOwner } from './finding.ts';
import type { Lookup, Subject, Vulnerability } from './look-up.ts';
import type { OwnerUnit } from './unit.ts';

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
 * "Discovering non-distro packages"). Silence clears nothing.
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
    .filter(({ decision }) => decision.isSaid || decision.hits.length > 0);
  if (about.some(({ decision }) => decision.hits.length > 0)) return { says: 'affected', about };
  if (about.length > 0) return { says: 'cleared', about };
  const isRead = covered === undefined || isCovered(owner.unit.ecosystem, covered);
  return { says: isRead ? 'nothing' : 'unread', about };
}

/** A finding with the owner of its file; one that is cleared is none, and stays as it was. */
export function withOwner(
  finding: Finding,
  { name, version }: OwnerUnit,
  says: OwnerSays['says'],
): Finding {
  return says === 'cleared' ? finding : { ...finding, owner: { name, version, says } };
}
