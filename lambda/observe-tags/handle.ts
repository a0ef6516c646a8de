import type { Worker } from '../../actions/night-steps.ts';
import { type ObservePorts, observeTags } from '../../actions/observe-tags.ts';
import { checkedWorker } from '../shared/night-inputs.ts';

/** Looks at each watched tag and writes down where it went. */
export function handleObserveTags(ports: ObservePorts): Worker<'observe-tags'> {
  return checkedWorker('observe-tags', observeTags(ports));
}
