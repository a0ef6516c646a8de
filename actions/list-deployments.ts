import { InvalidReferenceError, parseReference } from '../core/image/reference.ts';
import { runKeys } from '../core/run/run.ts';
import { makeOnce } from './night-objects.ts';
import type { Worker } from './night-steps.ts';
import type { DeploymentScope, DeploymentSource, ObjectStore } from './ports.ts';

export interface ListPorts {
  readonly deployments: DeploymentSource;
  readonly objects: ObjectStore;
}

/** Writes down what runs, scope by scope, with what could not be seen. */
export function listDeployments(ports: ListPorts): Worker<'list-deployments'> {
  return async ({ runId }) => {
    const key = runKeys.work(runId, 'deployments');
    await makeOnce(ports.objects, 'deployments', key, async () =>
      (await ports.deployments.list()).map(readableScope),
    );
    return { deployments: key };
  };
}

/**
 * A deployment whose image has no registry, or is no reference at all, cannot be
 * asked for: its scope was then not seen whole, and says which it was.
 */
function readableScope(scope: DeploymentScope): DeploymentScope {
  const unreadable = scope.deployments.filter(({ reference }) => !isReference(reference));
  if (unreadable.length === 0) return scope;
  const names = unreadable.map(({ workload, reference }) => `${workload} (${reference})`);
  return {
    ...scope,
    deployments: scope.deployments.filter(({ reference }) => isReference(reference)),
    failure: [scope.failure, `no image reference: ${names.join(', ')}`].filter(Boolean).join('; '),
  };
}

function isReference(text: string): boolean {
  try {
    parseReference(text);
    return true;
  } catch (error) {
    if (error instanceof InvalidReferenceError) return false;
    throw error;
  }
}
