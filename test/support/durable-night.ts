import { withDurableExecution } from '@aws/durable-execution-sdk-js';
import { LocalDurableTestRunner } from '@aws/durable-execution-sdk-js-testing';
import type { Worker, WorkerName } from '../../actions/night-steps.ts';
import type { NightResult } from '../../actions/run-night.ts';
import { handleRunNight } from '../../lambda/run-night/handle.ts';

/** Every worker of the night. */
export type DurableWorkers = { readonly [Name in WorkerName]: Worker<Name> };

/**
 * The deployed night on the SDK's local runner, each worker a function of its own name.
 * `LocalDurableTestRunner.setupTestEnvironment()` has to be called before it runs.
 */
export function prepareDurableNight(workers: DurableWorkers) {
  const names = Object.keys(workers) as WorkerName[];
  const functions = Object.fromEntries(names.map((name) => [name, name]));
  const night = handleRunNight(functions as Record<WorkerName, string>);
  let replays = 0;
  const runner = new LocalDurableTestRunner<NightResult>({
    handlerFunction: withDurableExecution((event: unknown, context) => {
      replays++;
      return night(event, context);
    }),
  });
  const calls: { readonly worker: WorkerName; readonly input: unknown }[] = [];
  for (const name of names) {
    const worker = workers[name] as (input: unknown) => Promise<unknown>;
    runner.registerFunction(name, async (input: unknown) => {
      calls.push({ worker: name, input });
      return worker(input);
    });
  }
  return { runner, calls, replays: () => replays };
}

/** Runs a night to its end. @throws what the night failed with */
export async function runDurableNight(
  workers: DurableWorkers,
  runId: string,
): Promise<NightResult> {
  const { runner } = prepareDurableNight(workers);
  const execution = await runner.run({ payload: { scheduledTime: runId } });
  const result = execution.getResult();
  if (!result) throw new Error(`night ${runId}: ${execution.getError().errorMessage}`);
  return result;
}
