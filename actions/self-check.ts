import { type CheckLine, failed } from '../core/diagnosis/check-line.ts';
import { remedyOf } from '../core/diagnosis/remedy-of.ts';

/** What the doctor hands to a function that is to check itself. */
export interface SelfCheckRequest {
  /** Images that run, to be read on trial: `registry/repository:tag@digest`. */
  readonly images: readonly string[];
}

/** One thing that must work for a function to do its work, tried with the function's own rights. */
export interface SelfCheck {
  readonly subject: string;
  /** Tries it and says what was seen. What it throws is wrong. */
  attempt(request: SelfCheckRequest): Promise<readonly CheckLine[]>;
  /** What to do if it fails in a way whose name says nothing. */
  readonly remedy: string;
}

/** A check that did not come back. */
export class CheckTimedOutError extends Error {
  override readonly name = 'CheckTimedOutError';
}

/** Milliseconds that one check may take: all of a function's fit into its shortest timeout of a minute. */
const PATIENCE = 20_000;

/** Tries everything at once; a check that fails or hangs costs no other its line. */
export async function runSelfChecks(
  checks: readonly SelfCheck[],
  request: SelfCheckRequest,
  patience: number = PATIENCE,
): Promise<readonly CheckLine[]> {
  const lines = await Promise.all(checks.map((check) => attemptOne(check, request, patience)));
  return lines.flat();
}

async function attemptOne(
  check: SelfCheck,
  request: SelfCheckRequest,
  patience: number,
): Promise<readonly CheckLine[]> {
  let timer: NodeJS.Timeout | undefined;
  const timedOut = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new CheckTimedOutError(`no answer within ${patience / 1000} seconds`)),
      patience,
    );
  });
  try {
    return await Promise.race([check.attempt(request), timedOut]);
  } catch (error) {
    return [failureLine(check.subject, error, check.remedy)];
  } finally {
    clearTimeout(timer);
  }
}

/** The line of an error, with what its name or else `fallback` says to do. */
export function failureLine(subject: string, error: unknown, fallback: string): CheckLine {
  return failed(subject, String(error), remedyOf(error, fallback));
}
