import type { Suppression } from '../../core/suppress/suppression.ts';
import type { NaiveFinding } from './naive-match.ts';

// The rules of suppressions as docs/suppressions.md has them, one finding and one entry after the other.

/** Where an image runs. */
export interface NaivePlace {
  /** `registry/repository`. */
  readonly image: string;
  /** `ecs/prod/api`. */
  readonly workload: string;
}

/** Worst first. */
const WEIGHTS = ['critical', 'high', 'unrated', 'medium', 'low'];

/** The id of the entry by which nobody hears of a finding, or `null`. */
export function naiveSuppression(
  finding: NaiveFinding,
  place: NaivePlace,
  entries: readonly Suppression[],
  at: string,
): string | null {
  const names = [finding.id, ...finding.aliases];
  const first = entries.find(
    (entry) =>
      entry.from <= at &&
      names.includes(entry.vulnerability) &&
      isThere(entry, finding, place) &&
      !isOver(entry, finding, at),
  );
  return first?.id ?? null;
}

/** All kinds of patterns that there are must fit. */
function isThere(entry: Suppression, finding: NaiveFinding, { image, workload }: NaivePlace) {
  const path = finding.package.replace(/[?#].*$/, '').replace(/@[^@/]*$/, '');
  const name = path.slice(path.lastIndexOf('/') + 1);
  const kinds = [
    entry.packages.map((each) => fits(each, each.startsWith('pkg:') ? path : name)),
    entry.images.map((each) => fits(each, image)),
    entry.workloads.map((each) => fits(each, workload)),
  ];
  return kinds.every((fitting) => fitting.length === 0 || fitting.includes(true));
}

function isOver({ end }: Suppression, { fixedIn, severity }: NaiveFinding, at: string): boolean {
  if (end.date && at >= end.date.over) return true;
  if (end.fix && fixedIn !== null) return true;
  return (
    end.change !== undefined && WEIGHTS.indexOf(severity) < WEIGHTS.indexOf(end.change.severity)
  );
}

function fits(pattern: string, text: string): boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[\\^$.|?+()[\]{}/]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 's').test(text);
}
