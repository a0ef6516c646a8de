import type { Alert, Notice } from '../core/alert/alert.ts';
import { composeQuietNight } from '../core/alert/quiet-night.ts';
import { type NightSchedule, nextNight } from '../core/run/next-night.ts';
import type { Run } from '../core/run/run.ts';

/** Whether people hear of a night that tells nothing, and when the next one is, if anybody knows. */
export interface QuietNights {
  readonly areTold: boolean;
  readonly schedule: NightSchedule | null;
}

/** What a night without alerts says; `null` where there are some, or it is to be silent. */
export function quietLine(
  run: Omit<Run, 'quiet'>,
  alerts: readonly Alert[],
  { areTold, schedule }: QuietNights,
): Notice | null {
  if (!areTold || alerts.length > 0) return null;
  return composeQuietNight(run, schedule && nextNight(run.runId, schedule));
}
