import { type ListPorts, listDeployments } from '../../actions/list-deployments.ts';
import type { Worker } from '../../actions/night-steps.ts';
import { checkedWorker } from '../shared/night-inputs.ts';

/** Lists what runs. */
export function handleListDeployments(ports: ListPorts): Worker<'list-deployments'> {
  return checkedWorker('list-deployments', listDeployments(ports));
}
