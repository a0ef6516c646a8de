import { digestOf } from '../../../core/image/digest.ts';
import type { Placed } from './fleet.ts';
import { groupByWorkload, type PlacedWorkload } from './group-by-workload.ts';
import type { KubernetesObject, KubernetesObjects } from './kubernetes-api.ts';

/** What runs in a cluster of Kubernetes: a pod for each workload, on a node of its platform. */
export function kubernetesObjectsOf(running: readonly Placed[]): KubernetesObjects {
  const workloads = groupByWorkload(running);
  const owned = workloads.map((each) => ({ each, owners: ownersOf(each) }));
  const middle = (kind: string): KubernetesObject[] =>
    owned.flatMap(({ owners: { middleman } }) => {
      return middleman?.kind === kind ? [middleman.object] : [];
    });
  return {
    pods: owned.map(({ each, owners }) => podOf(each, owners)),
    nodes: [...new Set(workloads.map(({ platform }) => platform))].map(nodeOf),
    replicasets: middle('ReplicaSet'),
    jobs: middle('Job'),
  };
}

interface Owner {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
}

interface Owners {
  readonly podName: string;
  /** What controls the pod; nothing for one that somebody made by hand. */
  readonly controller: Owner | null;
  /** A ReplicaSet or Job that lists of them have. */
  readonly middleman: { readonly kind: string; readonly object: KubernetesObject } | null;
}

const GROUPS: Readonly<Record<string, string>> = {
  deployment: 'apps/v1',
  replicaset: 'apps/v1',
  statefulset: 'apps/v1',
  daemonset: 'apps/v1',
  job: 'batch/v1',
  cronjob: 'batch/v1',
};

/** Who stands above a workload's pod: a Deployment through a ReplicaSet, a CronJob through a Job, others themselves. */
function ownersOf({ workload, platform }: PlacedWorkload): Owners {
  const { namespace, kind, name } = partsOf(workload);
  // The kind is given out as it was written: kinds are case-sensitive, and so are workloads' ids.
  const top: Owner = { apiVersion: GROUPS[kind.toLowerCase()] ?? 'example.com/v1', kind, name };
  if (kind === 'Pod') return { podName: name, controller: null, middleman: null };
  const hash = hashOf(`${workload}|${platform}`).slice(0, 10);
  const through = { deployment: 'ReplicaSet', cronjob: 'Job' }[kind.toLowerCase()];
  if (through) {
    const between: Owner = { apiVersion: top.apiVersion, kind: through, name: `${name}-${hash}` };
    const object = {
      metadata: metadataOf(namespace, between.name, uidOf(namespace, between), top),
    };
    return {
      podName: `${between.name}-0`,
      controller: between,
      middleman: { kind: through, object },
    };
  }
  const isListed = kind === 'ReplicaSet' || kind === 'Job';
  const object = { metadata: metadataOf(namespace, name, uidOf(namespace, top), null) };
  return {
    podName: `${name}-${hash}`,
    controller: top,
    middleman: isListed ? { kind, object } : null,
  };
}

function podOf(
  { workload, platform, containers, startedAt }: PlacedWorkload,
  { podName, controller }: Owners,
): KubernetesObject {
  const { namespace } = partsOf(workload);
  const startTime = new Date(startedAt * 1000).toISOString().replace('.000Z', 'Z');
  return {
    metadata: {
      ...metadataOf(namespace, podName, hashOf(`pod ${workload} ${platform}`), controller),
      creationTimestamp: startTime,
    },
    spec: {
      nodeName: nodeName(platform),
      restartPolicy: 'Always',
      containers: containers.map(({ container, reference }) => ({
        name: container,
        image: reference,
      })),
    },
    status: {
      phase: 'Running',
      startTime,
      containerStatuses: containers.map(({ container, reference, digest }) => ({
        name: container,
        image: reference,
        imageID: `${reference.replace(/:[\w.-]+$/, '')}@${digest}`,
        ready: true,
        restartCount: 0,
        state: { running: { startedAt: startTime } },
      })),
    },
  };
}

function nodeOf(platform: string): KubernetesObject {
  const [operatingSystem, architecture] = platform.split('/');
  return {
    metadata: {
      name: nodeName(platform),
      labels: { 'kubernetes.io/os': operatingSystem, 'kubernetes.io/arch': architecture },
    },
    status: { nodeInfo: { operatingSystem, architecture } },
  };
}

function nodeName(platform: string): string {
  return `${platform.replaceAll('/', '-')}.ec2.internal`;
}

function metadataOf(namespace: string, name: string, uid: string, owner: Owner | null) {
  const reference = owner && { ...owner, uid: uidOf(namespace, owner), controller: true };
  return { name, namespace, uid, ...(reference && { ownerReferences: [reference] }) };
}

function uidOf(namespace: string, { kind, name }: Owner): string {
  return hashOf(`${namespace}/${kind}/${name}`);
}

function hashOf(text: string): string {
  return digestOf(text).slice('sha256:'.length).slice(0, 32);
}

/** `eks/<cluster>/<namespace>/<kind>/<name>` */
function partsOf(workload: string) {
  const [, , namespace = '', kind = '', name = ''] = workload.split('/');
  return { namespace, kind, name };
}
