import type { DeploymentScope } from '../../actions/ports.ts';
import { scopeFailure } from '../deployments/scope-failure.ts';
import { type KubernetesApi, type KubernetesList, listResource } from './list-resource.ts';
import { Node, Owned, Pod } from './pod.ts';
import { platformsOf } from './pod-platform.ts';
import { middlemanOf, ownerAbove, ownersByUid, workloadId } from './pod-workload.ts';
import { readPods } from './read-pods.ts';

const PODS: KubernetesList<Pod> = { path: 'api/v1/pods', read: (item) => Pod.parse(item) };

const NODES: KubernetesList<Node> = { path: 'api/v1/nodes', read: (item) => Node.parse(item) };

// One list costs a page for 500 of them; asked for one by one it would be a request a workload.
const MIDDLEMEN: Record<'replicaSets' | 'jobs', KubernetesList<Owned>> = {
  replicaSets: {
    path: 'apis/apps/v1/replicasets',
    metadataOnly: true,
    read: (item) => Owned.parse(item),
  },
  jobs: { path: 'apis/batch/v1/jobs', metadataOnly: true, read: (item) => Owned.parse(item) },
};

/**
 * What a cluster's pods run. Pods are listed before all that they refer to, so that whatever is
 * missing then was deleted meanwhile. ReplicaSets and Jobs also tell what is there without a pod:
 * a Deployment scaled to zero, a CronJob between its runs. Never throws for an API that fails.
 *
 * @param prefix what the workloads' ids begin with: `eks/<cluster>`, with its place where it is elsewhere
 */
export async function listKubernetes(
  api: KubernetesApi,
  prefix: string,
): Promise<Pick<DeploymentScope, 'failure' | 'deployments' | 'idle'>> {
  const pods = await listResource(api, PODS);
  const nothing = { items: [], failure: null };
  const needs = new Set(pods.items.map(middlemanOf));
  const list = (name: 'replicaSets' | 'jobs') =>
    pods.failure === null || needs.has(name) ? listResource(api, MIDDLEMEN[name]) : nothing;
  const [nodes, replicaSets, jobs] = await Promise.all([
    pods.items.length > 0 ? listResource(api, NODES) : nothing,
    list('replicaSets'),
    list('jobs'),
  ]);
  const { deployments, problems, workloads, lacksPlatform } = readPods(pods.items, {
    prefix,
    nodes: platformsOf(nodes.items),
    middlemen: {
      replicaSets: ownersByUid(replicaSets.items, replicaSets.failure === null),
      jobs: ownersByUid(jobs.items, jobs.failure === null),
    },
  });
  // Who may not list nodes is still told the platform by pods that ask for one.
  const blind = lacksPlatform ? nodes.failure : null;
  const reasons = [pods.failure, replicaSets.failure, jobs.failure, blind, ...problems];
  const without = [
    ...workloadsAbove(prefix, 'ReplicaSet', replicaSets.items),
    ...workloadsAbove(prefix, 'Job', jobs.items),
  ];
  const running = new Set(deployments.map(({ workload }) => workload));
  const idle = [...new Set([...workloads, ...without])].filter((each) => !running.has(each));
  return { failure: scopeFailure(reasons), deployments, idle: idle.sort() };
}

function workloadsAbove(prefix: string, kind: string, middlemen: readonly Owned[]): string[] {
  return middlemen.map((each) =>
    workloadId(prefix, each.metadata.namespace, ownerAbove(each, kind)),
  );
}
