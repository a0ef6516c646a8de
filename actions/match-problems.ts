import { type FleetIndex, placesOf } from '../core/fleet/fleet-index.ts';
import type { Digest } from '../core/image/digest.ts';
import { findProblems, type MatchProblem } from '../core/match/fleet-problems.ts';
import type { Run } from '../core/run/run.ts';
import type { MatchTarget } from './night-objects.ts';

/** What runs of a fleet: places of its images and of their units. */
interface Running {
  readonly images: readonly number[];
  readonly units: readonly number[];
}

/**
 * What of what runs cannot be matched as it should. Where an image is only assumed to run, and
 * nobody has read it as tonight's code does, nothing that was known last night is over.
 */
export function matchProblems(
  index: FleetIndex,
  running: Running,
  { targets, run }: { readonly targets: readonly MatchTarget[]; readonly run: Run | undefined },
): MatchProblem[] {
  const lineages = lineagesOf(targets);
  const found = findProblems(index, {
    ...running,
    lineageOf: (digest) => lineages.get(digest) ?? '',
  });
  const placeOf = placesOf(index);
  if ([...lineages.keys()].every((digest) => placeOf(digest) !== undefined)) return found;
  const isFound = new Set(found.map(nameOf));
  return [...found, ...(run?.problems ?? []).filter((each) => !isFound.has(nameOf(each)))];
}

function nameOf({ kind, of }: MatchProblem): string {
  return `${kind} ${of}`;
}

/** Of each digest that runs the first lineage. */
function lineagesOf(targets: readonly MatchTarget[]): Map<Digest, string> {
  const first = new Map<Digest, string>();
  for (const { kind, digest, lineage } of targets) {
    if (kind !== 'workload') continue;
    const known = first.get(digest);
    if (known === undefined || lineage < known) first.set(digest, lineage);
  }
  return first;
}
