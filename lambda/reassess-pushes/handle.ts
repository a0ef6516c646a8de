import type { ChannelPorts } from '../../actions/channel-state.ts';
import type { Worker } from '../../actions/night-steps.ts';
import { reassessPushes } from '../../actions/reassess-pushes.ts';
import { checkedWorker } from '../shared/night-inputs.ts';

/** Assesses again what was pushed during the night. */
export function handleReassessPushes(ports: ChannelPorts): Worker<'reassess-pushes'> {
  return checkedWorker('reassess-pushes', reassessPushes(ports));
}
