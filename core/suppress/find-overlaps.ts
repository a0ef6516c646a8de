import { coversPattern, patternsMeet } from './pattern.ts';
import type { Suppression, SuppressionScope } from './suppression.ts';

const KINDS = ['packages', 'images', 'workloads'] as const satisfies (keyof SuppressionScope)[];

/**
 * Entries of which one silences what another silences already, a line each: the end of one of them
 * would end nothing. An entry for an image and one for a workload may well be about different
 * things: of these the first in the file counts.
 */
export function findOverlaps(entries: readonly Suppression[]): string[] {
  const byVulnerability = Map.groupBy(entries, ({ vulnerability }) => vulnerability);
  return [...byVulnerability.values()].flatMap((group) =>
    group.flatMap((later, index) =>
      group.slice(0, index).flatMap((earlier) => describe(earlier, later) ?? []),
    ),
  );
}

function describe(earlier: Suppression, later: Suppression): string | undefined {
  if (!surelyMeet(earlier, later)) return undefined;
  const where = `of ${later.vulnerability}`;
  if (covers(earlier, later))
    return `${later.id}: would never be used: ${earlier.id} silences all ${where} that it would`;
  if (covers(later, earlier)) {
    return `${later.id}: has all ${where} that ${earlier.id} has: when that ends, nothing comes back`;
  }
  return `${later.id}: overlaps with ${earlier.id}: both have some ${where}`;
}

/** Whether there are things that both are about, whatever the packages, images and workloads are. */
function surelyMeet(left: Suppression, right: Suppression): boolean {
  const given = (of: Suppression) => KINDS.filter((kind) => of[kind].length > 0);
  const [mine, theirs] = [given(left), given(right)];
  const isNested =
    mine.every((kind) => theirs.includes(kind)) || theirs.every((kind) => mine.includes(kind));
  return (
    isNested &&
    KINDS.every((kind) => {
      const [some, others] = [left[kind], right[kind]];
      if (some.length === 0 || others.length === 0) return true;
      return some.some((each) => others.some((other) => meet(kind, each, other)));
    })
  );
}

/** A name and a purl, or an image and its channel, are not compared as texts. */
function meet(kind: (typeof KINDS)[number], left: string, right: string): boolean {
  if (kind === 'packages' && left.startsWith('pkg:') !== right.startsWith('pkg:')) return false;
  if (kind === 'images') return patternsMeet(channelPattern(left), channelPattern(right));
  return patternsMeet(left, right);
}

function covers(outer: Suppression, inner: Suppression): boolean {
  return KINDS.every((kind) => {
    if (outer[kind].length === 0) return true;
    if (inner[kind].length === 0) return false;
    return inner[kind].every((each) => outer[kind].some((other) => coversOne(kind, other, each)));
  });
}

function coversOne(kind: (typeof KINDS)[number], outer: string, inner: string): boolean {
  if (kind === 'images') return coversPattern(channelPattern(outer), channelPattern(inner));
  return coversPattern(outer, inner);
}

function channelPattern(pattern: string): string {
  return pattern.includes('|') ? pattern : `${pattern}|*`;
}
