import { plain } from '../../core/alert/compose-alert.ts';
import type { Io } from '../io.ts';

/** Names that say nothing of the cause: an error of ours has its own. */
const NAMELESS = new Set([
  'Error',
  'AggregateError',
  'EvalError',
  'RangeError',
  'ReferenceError',
  'SyntaxError',
  'TypeError',
  'URIError',
]);

/** Says what went wrong: in one sentence when somebody foresaw it, else with the stack. */
export function printFailure(io: Io, error: unknown): void {
  const text = isForeseen(error) ? error.message : stackOf(error);
  printLines(io, `tidewatch: ${text}`);
}

/** Prints what may quote foreign text on standard error. */
export function printLines(io: Io, text: string): void {
  for (const line of text.split('\n')) {
    const [indent = ''] = /^ */.exec(line) ?? [];
    io.printError(indent + plain(line));
  }
}

/** An error with a name of its own, or one of the operating system (no such file, disk full). */
function isForeseen(error: unknown): error is Error {
  return error instanceof Error && (!NAMELESS.has(error.name) || 'syscall' in error);
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? String(error)) : String(error);
}
