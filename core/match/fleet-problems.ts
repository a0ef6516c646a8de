import { counted } from '../alert/compose-alert.ts';
import { cutText } from '../alert/cut-text.ts';
import { type FleetIndex, membersOf } from '../fleet/fleet-index.ts';
import type { Digest } from '../image/digest.ts';
import { describeLineage } from '../lineage/channel.ts';
import { type ProblemKind, problemsOfUnit, type UnitProblem } from './unit-problems.ts';

/** What cannot be matched as it should of what runs: all packages with one reason together. */
export interface MatchProblem {
  readonly kind: ProblemKind;
  /** As of `UnitProblem`. */
  readonly of: string;
  /** Distinct names and versions. */
  readonly packages: number;
  /** Platform digests that hold one of them. */
  readonly digests: number;
  /** Some of the packages, those in the most digests first. */
  readonly examples: readonly {
    /** Name and version, as an image has them. */
    readonly package: string;
    readonly digests: number;
    /** One of the lineages that run it. */
    readonly lineage: string;
  }[];
}

/** Packages that are named of one reason; the others are counted. */
const EXAMPLES = 3;

/** Longest name and version (characters): both come out of images. */
const NAME_LIMIT = 120;

/** What runs of a fleet. */
interface Running {
  /** Places of the images in the index, each once. */
  readonly images: readonly number[];
  /** The units that they hold. */
  readonly units: readonly number[];
  /** A lineage that runs a digest. */
  lineageOf(digest: Digest): string;
}

/**
 * What of it cannot be matched as it should. Each unit is asked once, and only those with a
 * problem are looked for in the images.
 */
export function findProblems(
  index: FleetIndex,
  { images, units, lineageOf }: Running,
): MatchProblem[] {
  const found = new Map<string, Found>();
  const tallies = new Map<number, readonly Tally[]>();
  for (const unit of units) {
    const of = index.units[unit];
    const problems = of ? problemsOfUnit(of) : [];
    if (!of || problems.length === 0) continue;
    const name = `${of.name} ${of.version}`.trim();
    tallies.set(
      unit,
      problems.flatMap((problem) => talliesOf(found, problem, name)),
    );
  }
  count(index, images, tallies);
  return [...found.values()]
    .map((each) => summarise(each, (image) => lineageOf(index.digests[image] ?? '')))
    .sort((a, b) => order(a.kind, b.kind) || order(a.of, b.of));
}

/** The images that were counted for something. */
interface Tally {
  digests: number;
  first: number;
  last: number;
}

interface Found extends Tally {
  readonly kind: ProblemKind;
  readonly of: string;
  readonly packages: Map<string, Tally>;
}

function newTally(): Tally {
  return { digests: 0, first: -1, last: -1 };
}

/** What counts the images of a unit with a problem: all of the reason, and the package itself. */
function talliesOf(
  found: Map<string, Found>,
  { kind, of }: UnitProblem,
  name: string,
): readonly Tally[] {
  const key = `${kind} ${of}`;
  const all = found.get(key) ?? { kind, of, packages: new Map<string, Tally>(), ...newTally() };
  found.set(key, all);
  const own = all.packages.get(name) ?? newTally();
  all.packages.set(name, own);
  return [all, own];
}

function count(
  index: FleetIndex,
  images: readonly number[],
  tallies: ReadonlyMap<number, readonly Tally[]>,
): void {
  if (tallies.size === 0) return;
  const marks = new Uint8Array(index.units.length);
  for (const unit of tallies.keys()) marks[unit] = 1;
  for (const image of images) {
    for (const unit of membersOf(index, image)) {
      if (marks[unit] === 0) continue;
      for (const tally of tallies.get(unit) ?? []) add(tally, image);
    }
  }
}

/** Images come one after the other: one that was counted last is not counted again. */
function add(tally: Tally, image: number): void {
  if (tally.last === image) return;
  if (tally.digests === 0) tally.first = image;
  tally.digests++;
  tally.last = image;
}

function summarise(
  { kind, of, packages, digests }: Found,
  lineageAt: (image: number) => string,
): MatchProblem {
  const sorted = [...packages].sort(
    ([left, a], [right, b]) => b.digests - a.digests || order(left, right),
  );
  return {
    kind,
    of,
    packages: packages.size,
    digests,
    examples: sorted.slice(0, EXAMPLES).map(([name, each]) => ({
      package: cutText(name, NAME_LIMIT),
      digests: each.digests,
      lineage: lineageAt(each.first),
    })),
  };
}

/** Whether something may be missed by it, so that an image that has it is not known to be clean. */
export function isGap({ kind }: Pick<MatchProblem, 'kind'>): boolean {
  return kind !== 'left-out';
}

/** One of them in words, with where it is. */
export function describeProblem(problem: MatchProblem): string {
  return `${summariseProblem(problem)}: ${exampleTexts(problem).join('; ')}`;
}

/** Some of its packages with where they run, and how many more there are. */
export function exampleTexts({ packages, examples }: MatchProblem): string[] {
  const named = examples.map(
    ({ package: name, digests, lineage }) =>
      `${name} in ${describeLineage(lineage)}${digests > 1 ? ` and ${counted(digests - 1, 'other image')}` : ''}`,
  );
  const more = packages - examples.length;
  return [...named, ...(more > 0 ? [`and ${more} more`] : [])];
}

/** `3 packages in 12 images with a version that pep440 cannot read`, and what becomes of them. */
export function summariseProblem({ kind, of, packages, digests }: MatchProblem): string {
  const what = `${counted(packages, 'package')} in ${counted(digests, 'image')}`;
  switch (kind) {
    case 'left-out':
    case 'unversioned':
      return `${what} not matched (${of})`;
    case 'no-order':
      return `${what} of ${of}, whose order of versions is not known (matched only by records that list a version or hold for every one)`;
    case 'no-version':
      return `${what} with a version that ${of} cannot read (matched only by records that list it or hold for every one)`;
    case 'odd-version':
      return `${what} with a version that ${of} can read in part (compared as far as it goes)`;
  }
}

function order(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
