import {
  type NightWork,
  type Steps,
  WORKER_ATTEMPTS,
  type Worker,
  type WorkerName,
} from '../../actions/night-steps.ts';
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
 * Steps without a service behind them. Each worker runs as a process of its own and
 * is tried as often as when deployed; what a step gave is kept as JSON in `journal`,
 * so that a night that is played again goes on where it ended.
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
      const answer = await tryWorker(step, workers[name], JSON.stringify(input));
      journal.set(step, answer);
      return JSON.parse(answer);
    },
  };
}

async function tryWorker<Name extends WorkerName>(
  step: string,
  worker: Worker<Name>,
  input: string,
): Promise<string> {
  for (let attempt = 1; ; attempt++) {
    const outcome = await runProcess(() => worker(JSON.parse(input)));
    if (outcome.kind === 'done') return JSON.stringify(outcome.value);
    if (outcome.kind === 'crashed') throw new WorkerCrashedError(step);
    if (attempt === WORKER_ATTEMPTS) throw outcome.error;
  }
}
