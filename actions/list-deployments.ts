import { findReference } from '../core/image/reference.ts';
import { runKeys } from '../core/run/run.ts';
import { makeOnce, readNight } from './night-objects.ts';
import type { Worker } from './night-steps.ts';
import type { DeploymentScope, DeploymentSource, ObjectStore, StateStore } from './ports.ts';
import { type NightScope, rememberDeployments } from './remember-deployments.ts';

export interface ListPorts {
  readonly deployments: DeploymentSource;
  readonly objects: ObjectStore;
  readonly state: Pick<StateStore, 'runPointer'>;
  /** For how many days what ran lately counts as running. */
  readonly rememberDays: number;
}

/** Writes down what runs or ran lately, scope by scope, with what could not be seen. */
export function listDeployments(ports: ListPorts): Worker<'list-deployments'> {
  return async ({ runId }) => {
    const key = runKeys.work(runId, 'deployments');
    await makeOnce(ports.objects, 'deployments', key, async () => {
      const scopes = (await ports.deployments.list()).map(readableScope);
      const past = await lastNight(ports);
      return rememberDeployments({ scopes, past, at: runId, days: ports.rememberDays });
    });
    return { deployments: key };
  };
}

/** What the last committed night wrote down: one that was lost has changed nothing. */
async function lastNight({ objects, state }: ListPorts): Promise<readonly NightScope[]> {
  const pointer = await state.runPointer();
  if (!pointer) return [];
  return readNight(objects, 'deployments', runKeys.work(pointer.runId, 'deployments'));
}

/**
 * A deployment whose image has no registry, or is no reference at all, cannot be
 * asked for: its scope was then not seen whole, and says which it was.
 */
function readableScope(scope: DeploymentScope): DeploymentScope {
  const unreadable = scope.deployments.filter(({ reference }) => !findReference(reference));
  if (unreadable.length === 0) return scope;
  const names = unreadable.map(({ workload, reference }) => `${workload} (${reference})`);
  return {
    ...scope,
    deployments: scope.deployments.filter(({ reference }) => findReference(reference)),
    failure: [scope.failure, `no image reference: ${names.join(', ')}`].filter(Boolean).join('; '),
  };
}
