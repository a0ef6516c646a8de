import { type MatchPorts, matchFleet } from '../../actions/match-fleet.ts';
import type { Worker } from '../../actions/night-steps.ts';
import { checkedWorker } from '../shared/night-inputs.ts';

/** Matches what runs by yesterday's and today's advisories. */
export function handleMatchFleet(ports: MatchPorts): Worker<'match-fleet'> {
  return checkedWorker('match-fleet', matchFleet(ports));
}
