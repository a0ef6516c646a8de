import type { ExplainAnswer, Outcome } from '../actions/explain/explained.ts';
import { readQuestion } from '../core/explain/asked.ts';
import { UnusableInputError, UsageError } from './command-errors.ts';
import type { Io } from './io.ts';
import { describeNothing } from './print/describe-nothing.ts';
import { formatExplanation } from './print/explanation-document.ts';
import { createPage } from './print/page.ts';
import { type CommandOf, printExplanation } from './print/print-explanation.ts';

/**
 * Prints an explanation and gives the exit status.
 *
 * @throws UnusableInputError where what is asked about is not there, for people
 */
export function printAnswer(
  io: Io,
  answer: ExplainAnswer,
  isJson: boolean,
  commandOf: CommandOf,
): number {
  const { outcome } = answer;
  if (isJson) io.print(formatExplanation(answer));
  if (isNowhere(outcome)) {
    if (isJson) return 2;
    throw new UnusableInputError(`${describeNothing(answer, outcome).join(' ')}${doubt(answer)}`);
  }
  if (!isJson) printExplanation(createPage(io), answer, commandOf);
  return 0;
}

/** What could not be read may be what is asked about. */
function doubt({ night, problems = [] }: ExplainAnswer): string {
  if (problems.length === 0) return '';
  return night === null
    ? '; not all of the image is known: a scan without --explain says what is not'
    : '; not all images could be read: tidewatch status says which';
}

/** What is asked about is not there: no answer could be calm. */
function isNowhere(
  outcome: Outcome,
): outcome is Extract<Outcome, { readonly kind: 'no-image' | 'no-workload' | 'unknown' }> {
  return ['no-image', 'no-workload', 'unknown'].includes(outcome.kind);
}

/** A package narrows the question about a vulnerability, and none else. @throws UsageError */
export function checkQuestion(finding: string, named: string | undefined): void {
  const { kind } = readQuestion(finding);
  if (named === undefined || kind === 'finding') return;
  throw new UsageError(`expected an id of a vulnerability beside --package, got that of a ${kind}`);
}

/** A word as a shell takes it. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
