import type { NightWork, Steps, Worker, WorkerName } from '../../actions/night-steps.ts';
import { runProcess } from '../cloud/process.ts';

/** All workers of the night. */
export type NightWorkers = { readonly [Name in WorkerName]: Worker<Name> };

/** A worker's process ended without an answer. */
export class WorkerCrashedError extends Error {
  override readonly name = 'WorkerCrashedError';

  constructor(step: string) {
    super(`worker of step ${JSON.stringify(step)} crashed`);
  }
}

/**
 * Steps without a service behind them. Each worker runs as a process of its own;
 * what a step gave is kept as JSON in `journal`, so that a night that is played
 * again goes on where it ended.
 */
export function createPlainSteps(workers: NightWorkers, journal: Map<string, string>): Steps {
  return {
    async invoke<Name extends WorkerName>(
      step: string,
      name: Name,
      input: NightWork[Name]['input'],
    ): Promise<NightWork[Name]['output']> {
      const known = journal.get(step);
      if (known !== undefined) return JSON.parse(known);
      const worker: Worker<Name> = workers[name];
      const outcome = await runProcess(() => worker(JSON.parse(JSON.stringify(input))));
      if (outcome.kind === 'crashed') throw new WorkerCrashedError(step);
      if (outcome.kind === 'failed') throw outcome.error;
      const answer = JSON.stringify(outcome.value);
      journal.set(step, answer);
      return JSON.parse(answer);
    },
  };
}
