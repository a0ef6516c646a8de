import { type CompiledPattern, compilePattern, coversPattern, patternsMeet } from './pattern.ts';
import type { Suppression, SuppressionScope } from './suppression.ts';

const KINDS = ['packages', 'images', 'workloads'] as const satisfies (keyof SuppressionScope)[];

/** What comparing a file's patterns may cost, in comparisons of two of them: less than a second. */
const COMPARISONS_AT_MOST = 20_000_000;

/** Steps of matching a text with a pattern that take as long as one such comparison. */
const STEPS_AS_LONG = 16;

/** Overlaps that are named, at most: a file with more is mended step by step. */
const NAMED_AT_MOST = 100;

/** Patterns of one kind, prepared for being compared with many others. */
interface Patterns {
  readonly all: readonly CompiledPattern[];
  /** Those without a star, of which only the same can meet. */
  readonly literals: ReadonlyMap<string, CompiledPattern>;
  readonly open: readonly CompiledPattern[];
}

/** An entry, prepared likewise. */
interface Prepared {
  readonly entry: Suppression;
  readonly patterns: Readonly<Record<(typeof KINDS)[number], Patterns>>;
}

/** Adds to what a file costs. @throws TooManyPatternsError */
type Spend = (comparisons: number) => void;

/** A file costs more than it may. */
class TooManyPatternsError extends Error {
  override readonly name = 'TooManyPatternsError';
}

/**
 * Entries of which one silences what another silences already, a line each: the end of one of them
 * would end nothing. An entry for an image and one for a workload may well be about different
 * things: of these the first in the file counts. What would take too long to compare is a line too.
 */
export function findOverlaps(entries: readonly Suppression[]): string[] {
  const lines: string[] = [];
  for (const line of overlapsIn(entries, createBudget())) {
    if (lines.length === NAMED_AT_MOST) {
      return [...lines, 'more entries overlap: named once these do not'];
    }
    lines.push(line);
  }
  return lines;
}

function createBudget(): Spend {
  let left = COMPARISONS_AT_MOST;
  return (comparisons) => {
    left -= comparisons;
    if (left < 0) throw new TooManyPatternsError('too many patterns');
  };
}

function* overlapsIn(entries: readonly Suppression[], spend: Spend): Generator<string> {
  const byVulnerability = Map.groupBy(entries, ({ vulnerability }) => vulnerability);
  for (const [vulnerability, group] of byVulnerability) {
    if (group.length === 1) continue;
    try {
      yield* overlapsAmong(group.map(prepare), spend);
    } catch (error) {
      if (!(error instanceof TooManyPatternsError)) throw error;
      yield `${vulnerability}: too many patterns to say which of its ${group.length} entries overlap: expected fewer, or such without *`;
      return;
    }
  }
}

function* overlapsAmong(group: readonly Prepared[], spend: Spend): Generator<string> {
  for (const [index, later] of group.entries()) {
    for (let at = 0; at < index; at++) {
      const earlier = group[at];
      const line = earlier && describe(earlier, later, spend);
      if (line !== undefined) yield line;
    }
  }
}

function prepare(entry: Suppression): Prepared {
  return {
    entry,
    patterns: {
      packages: patternsOf(entry.packages),
      images: patternsOf(entry.images.map(channelPattern)),
      workloads: patternsOf(entry.workloads),
    },
  };
}

function patternsOf(texts: readonly string[]): Patterns {
  const all = [...new Set(texts)].map(compilePattern);
  const literals = all.filter(({ isOpen }) => !isOpen);
  return {
    all,
    literals: new Map(literals.map((each) => [each.text, each])),
    open: all.filter(({ isOpen }) => isOpen),
  };
}

function describe(earlier: Prepared, later: Prepared, spend: Spend): string | undefined {
  if (!surelyMeet(earlier, later, spend)) return undefined;
  const { id, vulnerability } = later.entry;
  const where = `of ${vulnerability}`;
  if (covers(earlier, later, spend)) {
    return `${id}: would never be used: ${earlier.entry.id} silences all ${where} that it would`;
  }
  if (covers(later, earlier, spend)) {
    return `${id}: has all ${where} that ${earlier.entry.id} has: when that ends, nothing comes back`;
  }
  return `${id}: overlaps with ${earlier.entry.id}: both have some ${where}`;
}

/** Whether there are things that both are about, whatever the packages, images and workloads are. */
function surelyMeet(left: Prepared, right: Prepared, spend: Spend): boolean {
  spend(1);
  const lacks = (of: Prepared, other: Prepared) =>
    KINDS.some((kind) => of.patterns[kind].all.length > 0 && isEmpty(other.patterns[kind]));
  if (lacks(left, right) && lacks(right, left)) return false;
  return KINDS.every((kind) => {
    const [some, others] = [left.patterns[kind], right.patterns[kind]];
    return isEmpty(some) || isEmpty(others) || meet(kind, some, others, spend);
  });
}

function isEmpty({ all }: Patterns): boolean {
  return all.length === 0;
}

function meet(kind: (typeof KINDS)[number], left: Patterns, right: Patterns, spend: Spend) {
  const [fewer, more] = left.literals.size < right.literals.size ? [left, right] : [right, left];
  spend(fewer.literals.size);
  for (const text of fewer.literals.keys()) if (more.literals.has(text)) return true;
  return (
    anyMeet(kind, left.open, right.all, spend) ||
    anyMeet(kind, right.open, [...left.literals.values()], spend)
  );
}

function anyMeet(
  kind: (typeof KINDS)[number],
  some: readonly CompiledPattern[],
  others: readonly CompiledPattern[],
  spend: Spend,
): boolean {
  return some.some((each) =>
    others.some((other) => {
      // A name and a purl are not compared as texts.
      const areAlike = kind !== 'packages' || isPurl(each) === isPurl(other);
      spend(areAlike && !other.isOpen ? costOf(each, other) : 1);
      return areAlike && patternsMeet(each, other);
    }),
  );
}

function isPurl({ text }: CompiledPattern): boolean {
  return text.startsWith('pkg:');
}

/** At its worst. */
function costOf({ text: one }: CompiledPattern, { text: other }: CompiledPattern): number {
  return 1 + (one.length * other.length) / STEPS_AS_LONG;
}

function covers(outer: Prepared, inner: Prepared, spend: Spend): boolean {
  return KINDS.every((kind) => {
    const [mine, theirs] = [outer.patterns[kind], inner.patterns[kind]];
    if (isEmpty(mine)) return true;
    if (isEmpty(theirs)) return false;
    return theirs.all.every((each) => isCovered(each, mine, spend));
  });
}

function isCovered(pattern: CompiledPattern, { open, literals }: Patterns, spend: Spend): boolean {
  if (literals.has(pattern.text)) return true;
  return open.some((outer) => {
    spend(costOf(outer, pattern));
    return coversPattern(outer.text, pattern.text);
  });
}

/** An image and its channel are not compared as texts. */
function channelPattern(pattern: string): string {
  return pattern.includes('|') ? pattern : `${pattern}|*`;
}
