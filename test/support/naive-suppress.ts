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
  { image, workload }: NaivePlace,
  entries: readonly Suppression[],
  at: string,
): string | null {
  const names = [finding.id, ...finding.aliases];
  const path = finding.package.replace(/[?#].*$/, '').replace(/@[^@/]*$/, '');
  const name = path.slice(path.lastIndexOf('/') + 1);
  for (const entry of entries) {
    if (entry.from > at) continue;
    if (!names.includes(entry.vulnerability)) continue;
    const packages = entry.packages.map((each) =>
      each.startsWith('pkg:') ? [each, path] : [each, name],
    );
    if (packages.length > 0 && !packages.some(([pattern, text]) => fits(pattern, text))) continue;
    if (entry.images.length > 0 && !entry.images.some((each) => fits(each, image))) continue;
    if (entry.workloads.length > 0 && !entry.workloads.some((each) => fits(each, workload)))
      continue;
    if (isOver(entry, finding, at)) continue;
    return entry.id;
  }
  return null;
}

function isOver({ end }: Suppression, { fixedIn, severity }: NaiveFinding, at: string): boolean {
  if (end.date && at >= end.date.over) return true;
  if (end.fix && fixedIn !== null) return true;
  return (
    end.change !== undefined && WEIGHTS.indexOf(severity) < WEIGHTS.indexOf(end.change.severity)
  );
}

function fits(pattern = '', text = ''): boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[\\^$.|?+()[\]{}/]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 's').test(text);
}
