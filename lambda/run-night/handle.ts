import type { DurableContext } from '@aws/durable-execution-sdk-js';
import { type NightResult, runNight } from '../../actions/run-night.ts';
import { parseNightEvent } from '../shared/night-event.ts';
import { createDurableSteps, type WorkerFunctions } from './durable-steps.ts';

/** The night as a durable handler, for `withDurableExecution`. */
export function handleRunNight(functions: WorkerFunctions) {
  return async (event: unknown, context: DurableContext): Promise<NightResult> =>
    runNight(createDurableSteps(context, functions), parseNightEvent(event));
}
