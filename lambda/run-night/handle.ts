import type { DurableContext } from '@aws/durable-execution-sdk-js';
import * as z from 'zod';
import { type NightResult, runNight } from '../../actions/run-night.ts';
import { createDurableSteps, type WorkerFunctions } from './durable-steps.ts';

/** What the schedule says; whoever starts a night by hand says the same. */
const NightEvent = z.object({
  /** RFC 3339; names the night, so that starting it again goes on with the same one. */
  scheduledTime: z.iso.datetime({ offset: true }),
});

/** An event that names no night. */
export class MalformedNightEventError extends Error {
  override readonly name = 'MalformedNightEventError';
}

/** The night as a durable handler, for `withDurableExecution`. */
export function handleRunNight(functions: WorkerFunctions) {
  return (event: unknown, context: DurableContext): Promise<NightResult> =>
    runNight(createDurableSteps(context, functions), { runId: runIdOf(event) });
}

/** Run ids are compared as text: always milliseconds and UTC. */
function runIdOf(event: unknown): string {
  const night = NightEvent.safeParse(event);
  if (!night.success) {
    throw new MalformedNightEventError(`no night: ${z.prettifyError(night.error)}`);
  }
  return new Date(night.data.scheduledTime).toISOString();
}
