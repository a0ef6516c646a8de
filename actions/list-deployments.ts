import { runKeys } from '../core/run/run.ts';
import { makeOnce } from './night-objects.ts';
import type { Worker } from './night-steps.ts';
import type { DeploymentSource, ObjectStore } from './ports.ts';

export interface ListPorts {
  readonly deployments: DeploymentSource;
  readonly objects: ObjectStore;
}

/** Writes down what runs, scope by scope, with what could not be seen. */
export function listDeployments(ports: ListPorts): Worker<'list-deployments'> {
  return async ({ runId }) => {
    const key = runKeys.work(runId, 'deployments');
    await makeOnce(ports.objects, 'deployments', key, () => ports.deployments.list());
    return { deployments: key };
  };
}
