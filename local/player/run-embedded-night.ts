import { type NightResult, runNight } from '../../actions/run-night.ts';
import { createPlainSteps, type NightWorkers, WorkerCrashedError } from './plain-steps.ts';

/** Replays of one night before it counts as failed; a durable execution goes on for a year. */
const REPLAYS = 20;

/** Plays a night to its end: after each crash it is replayed with the steps that were done. */
export async function runEmbeddedNight(workers: NightWorkers, runId: string): Promise<NightResult> {
  const journal = new Map<string, string>();
  for (let replay = 0; ; replay++) {
    try {
      return await runNight(createPlainSteps(workers, journal), { runId });
    } catch (error) {
      if (!(error instanceof WorkerCrashedError) || replay === REPLAYS) throw error;
    }
  }
}
