import { executionName } from '../core/run/execution-name.ts';
import type { NightRequest } from './night-steps.ts';
import type { Log, NightExecutions } from './ports.ts';

export interface StartPorts {
  readonly executions: NightExecutions;
  /** What this installation is called, in letters, digits, `-` and `_`. */
  readonly installation: string;
  readonly log: Log;
}

/** Which night, and the how manieth time it is started. */
export interface NightStart extends NightRequest {
  readonly attempt: number;
}

/** The execution that plays the night, now or already. */
export interface StartedNight {
  readonly name: string;
  /** As Lambda identifies it; `null` if it did not say. */
  readonly execution: string | null;
}

/** Starts a night under a name of its own, so that it is started once however often it is asked for. */
export async function startNight(
  { executions, installation, log }: StartPorts,
  { runId, attempt }: NightStart,
): Promise<StartedNight> {
  const name = executionName(installation, runId, attempt);
  const execution = await executions.start(name, runId);
  log.info('night started', { runId, name, execution });
  return { name, execution };
}
