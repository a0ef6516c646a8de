import { type StartedNight, type StartPorts, startNight } from '../../actions/start-night.ts';
import { parseNightStart } from '../shared/night-event.ts';

/** Starts the night that the schedule, or a person, names: `{"scheduledTime": …, "attempt": 2}`. */
export function handleStartNight(ports: StartPorts) {
  return async (event: unknown): Promise<StartedNight> => startNight(ports, parseNightStart(event));
}
