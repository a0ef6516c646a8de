import type { AdvisoryEntry, LookupKey } from '../advisory/entry.ts';
import type { Finding } from './finding.ts';
import { matchPackages } from './match-packages.ts';
import type { Unit } from './unit.ts';

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

/** Answers as snapshots would. */
export type EntriesOf = (key: LookupKey) => readonly AdvisoryEntry[];

/**
 * A matcher as of `at` (RFC 3339). `covered`: the ecosystems that the snapshots speak of,
 * so that a distribution nobody has read advisories of is not taken for one without any.
 */
export function createMatcher(
  entriesOf: EntriesOf,
  at: string,
  _covered?: ReadonlySet<string>,
): Matcher {
  return {
    judge(unit) {
      const each = { ...unit, path: '', owner: unit.owner?.name ?? null };
      const { findings, problems } = matchPackages([each], entriesOf, at);
      return { findings, problems: problems.map(({ reason }) => reason) };
    },
  };
}
