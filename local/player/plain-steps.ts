import {
  type Steps,
  WORKER_ATTEMPTS,
  type Worker,
  type WorkerName,
} from '../../actions/night-steps.ts';
import { runProcess } from '../cloud/process.ts';

/** All workers of the night. */
export type NightWorkers = { readonly [Name in WorkerName]: Worker<Name> };

/** A worker that failed every time it was tried. */
class WorkerFailedError extends Error {
  override readonly name = 'WorkerFailedError';
}

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
    async invoke(step, name, input) {
      try {
        return await journaled(step, () => tryWorker(step, workers[name], JSON.stringify(input)));
      } catch (error) {
        throw error instanceof WorkerFailedError ? error.cause : error;
      }
    },
    // One after the other: a world's faults and crashes count calls.
    async invokeEach(_group, name, inputs) {
      const outputs = [];
      for (const { step, input } of inputs) {
        const tried = () => tryWorker(step, workers[name], JSON.stringify(input));
        outputs.push(await journaled(step, () => tried().catch(nullIfFailed)));
      }
      return outputs;
    },
  };

  async function journaled(step: string, answer: () => Promise<string>) {
    const known = journal.get(step) ?? (await answer());
    journal.set(step, known);
    return JSON.parse(known);
  }
}

function nullIfFailed(error: unknown): string {
  if (error instanceof WorkerFailedError) return 'null';
  throw error;
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
    if (attempt === WORKER_ATTEMPTS) throw new WorkerFailedError(step, { cause: outcome.error });
  }
}
