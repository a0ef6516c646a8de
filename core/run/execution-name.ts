/** A name that is no part of an execution's. */
export class InvalidExecutionNameError extends Error {
  override readonly name = 'InvalidExecutionNameError';
}

/** Lambda's longest name of a durable execution. */
const NAME_LIMIT = 64;

/** Longest name of an installation that leaves room for the night and 999 attempts. */
export const INSTALLATION_LIMIT = 40;

/**
 * Names the execution of a night: `<installation>-20260309T020000000Z-1`. Lambda starts
 * nothing under a name that it has seen
 * (https://docs.aws.amazon.com/lambda/latest/dg/durable-execution-idempotency.html):
 * a doubled event is one night, and one that failed is started again as another attempt.
 *
 * @throws InvalidExecutionNameError
 */
export function executionName(installation: string, runId: string, attempt: number): string {
  const name = `${installation}-${runId.replaceAll(/[-:.]/g, '')}-${attempt}`;
  if (name.length > NAME_LIMIT || !/^[a-zA-Z0-9_-]+$/.test(name)) {
    throw new InvalidExecutionNameError(`no name of an execution: ${JSON.stringify(name)}`);
  }
  return name;
}
