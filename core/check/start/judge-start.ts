import { quote } from '../../extract/token.ts';
import type { ElfFacts } from '../../image/file-facts.ts';
import { type CheckInput, pass, unknown, type Verdict } from '../image-check.ts';
import type { BrokenStart, StartStep } from './start.ts';

/** A program on the way that starts. */
export interface StartedProgram {
  readonly path: string;
  readonly elf: ElfFacts;
}

/**
 * Asks each program that starts for what is wrong with it. What is wrong counts, even where the rest
 * of the way is not known; what is not known is unknown.
 *
 * @param good what to say when nothing is wrong
 */
export function judgePrograms(
  { start }: CheckInput,
  good: string,
  judge: (program: StartedProgram) => Verdict | undefined,
): Verdict {
  if (start.kind === 'none') return pass(STARTS_NOTHING);
  if (start.kind === 'unknown') return unknown(start.why);
  const verdicts = programsOf(start.steps).flatMap((program) => judge(program) ?? []);
  const worst =
    verdicts.find(({ status }) => status === 'fail') ??
    verdicts.find(({ status }) => status === 'unknown');
  if (worst) return worst;
  return start.broken ? unknown(NOT_KNOWN_WHAT_STARTS) : pass(good);
}

export const STARTS_NOTHING = 'Starts nothing by itself: no entrypoint or command is set.';

export const NOT_KNOWN_WHAT_STARTS = 'It is not known what starts.';

export function programsOf(steps: readonly StartStep[]): StartedProgram[] {
  return steps.flatMap(({ path, facts: { elf } }) => (elf ? [{ path, elf }] : []));
}

const ENDS_IN_CR =
  'its first line ends in CR LF, as on Windows, and Linux takes the CR for part of the last word';

/** What is wrong where the way ends: `"/app/run" is not there`. */
export function describeBroken({ asked, by, reason, path }: BrokenStart): string {
  const name = quote(asked);
  const where = path === null ? '' : ` (/${path})`;
  const asker = by === null ? '' : `, which /${by} asks for,`;
  switch (reason) {
    case 'missing':
      return `${name}${asker} is not in the image${asked.endsWith('\r') ? `: ${ENDS_IN_CR}` : ''}`;
    case 'folder':
      return `${name}${asker} is a folder${where}`;
    case 'option':
      return `/${by} gives its interpreter the option ${name}, which it does not take: ${ENDS_IN_CR}`;
    case 'not-executable':
      return `${name}${asker} may not be executed${where}`;
    case 'no-program':
      return `${name}${asker} is neither a program nor a script with #!${where}`;
    case 'empty':
      return `${name}${asker} is an empty file${where}`;
  }
}
