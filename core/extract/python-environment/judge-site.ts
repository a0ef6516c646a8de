import { limited } from '../../alert/compose-alert.ts';
import { compareSeries } from '../../drift/find-libc.ts';
import {
  nextMinors,
  type PythonBound,
  type PythonBreak,
  worksOnMinor,
} from '../../inventory/python-environment.ts';
import type { Surroundings } from './environment-input.ts';
import type { ReadProject, Tie } from './site-ties.ts';
import { libcOfPlatform, type TagLibc } from './wheel-tags.ts';

/** Names in a message. */
const NAMED = 3;
/** Minors that a move may lead to, within the years that an image lives. */
const AHEAD = 3;

/** An interpreter that cannot start runs nothing; `undefined` where nothing speaks against it. */
export function unstartable(
  { whyNotStarting }: Pick<Surroundings, 'whyNotStarting'>,
  path: string,
): PythonBreak | undefined {
  const why = whyNotStarting(path);
  if (why === undefined) return undefined;
  const message = `Nothing in it runs: ${path} cannot start (${why}).`;
  return { rule: 'no-interpreter', evidence: path, message };
}

/** What in a site does not work on a minor: one break for each rule, the first file as its proof. */
export function judgeTies(ties: readonly Tie[], minor: string): PythonBreak[] {
  const broken = ties.filter((tie) => !tie.fits(minor));
  return [...Map.groupBy(broken, ({ rule }) => rule)].flatMap(([rule, group]) => {
    const [first] = group;
    if (!first) return [];
    const names = namesOf(group);
    const message =
      rule === 'extension'
        ? `Python ${minor} does not find modules compiled for ${first.made}: ${names}.`
        : `Python ${minor} is none that these wheels are for (${first.made}): ${names}.`;
    return [{ rule, evidence: first.evidence, message }];
  });
}

/** What of a site breaks on one of the minors after the present one. */
export function boundTies(ties: readonly Tie[], present: string): PythonBound[] {
  const bound = ties.flatMap((tie) => (tie.worksOn ? [{ ...tie, worksOn: tie.worksOn }] : []));
  const counts = bound.filter(({ worksOn }) =>
    nextMinors(present, AHEAD).some((next) => !worksOnMinor(worksOn, next)),
  );
  const groups = Map.groupBy(counts, ({ rule, worksOn }) => JSON.stringify([rule, worksOn]));
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (!first) return [];
    const { rule, evidence, worksOn } = first;
    return [{ rule, evidence, worksOn, message: boundMessage(first, namesOf(group)) }];
  });
}

function boundMessage({ rule, made }: Tie, names: string): string {
  if (rule === 'extension') return `Compiled for Python ${made} alone: ${names}.`;
  if (rule === 'wheel') return `Wheels for one Python alone (${made}): ${names}.`;
  return `Asks for Python ${made}: ${names}.`;
}

function namesOf(ties: readonly Tie[]): string {
  return limited([...new Set(ties.map(({ name }) => name))], NAMED).join(', ');
}

/** Wheels for another C library than the image's, or for a newer one; of a wheel with several platforms one has to fit. */
export function judgeLibc(
  projects: readonly ReadProject[],
  libc: TagLibc | undefined,
): PythonBreak[] {
  if (!libc) return [];
  const broken = projects.flatMap((project) => {
    const asked = project.tags.map(({ platform }) => libcOfPlatform(platform));
    const [first] = asked;
    const fits = asked.length === 0 || asked.some((each) => !each || isEnough(libc, each));
    return fits || !first ? [] : [{ project, first }];
  });
  const [worst] = broken;
  if (!worst) return [];
  const names = limited(
    broken.map(({ project }) => project.name),
    NAMED,
  ).join(', ');
  const { name, series } = worst.first;
  return [
    {
      rule: 'libc',
      evidence: worst.project.wheel,
      message: `The image has ${libc.name} ${libc.series}, these wheels are for ${name} ${series}: ${names}.`,
    },
  ];
}

function isEnough(has: TagLibc, asked: TagLibc): boolean {
  return has.name === asked.name && compareSeries(has.series, asked.series) >= 0;
}
