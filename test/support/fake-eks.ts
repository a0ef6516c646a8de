import type { DeploymentScope } from '../../actions/ports.ts';
import { createEksClient } from '../../adapters/aws/create-aws-clients.ts';
import { createEksDeployments } from '../../adapters/aws/eks-deployments.ts';
import type { SendKubernetes } from '../../adapters/kubernetes/send-kubernetes.ts';
import type { Digest } from '../../core/image/digest.ts';
import { embeddedClientOptions } from '../../local/cloud/embedded-clients.ts';
import type { KubernetesObject } from '../../local/cloud/orchestrators/kubernetes-api.ts';
import {
  type OrchestratorOptions,
  startOrchestrators,
} from '../../local/cloud/orchestrators/start-orchestrators.ts';
import type { JsonAnswer, JsonCall } from '../../local/cloud/start-json-server.ts';
import { digestLike } from './fake-ecs.ts';

/** A cluster's objects, for a test to change. */
export interface FakeCluster {
  pods: KubernetesObject[];
  nodes: KubernetesObject[];
  replicasets: KubernetesObject[];
  jobs: KubernetesObject[];
}

export interface ContainerSpec {
  readonly name?: string;
  readonly image?: string;
  /** Without `digest` what its image's repository gives. */
  readonly imageID?: string;
  readonly digest?: Digest;
  readonly state?: KubernetesObject;
}

export interface PodSpec {
  readonly name?: string;
  readonly namespace?: string;
  readonly owner?: { readonly kind: string; readonly name: string; readonly apiVersion?: string };
  readonly containers?: readonly ContainerSpec[];
  readonly init?: readonly ContainerSpec[];
  readonly ephemeral?: readonly ContainerSpec[];
  readonly phase?: string;
  /** `null` for one that is on none yet. */
  readonly node?: string | null;
  readonly startTime?: string;
  /** What else its spec and status say. */
  readonly spec?: KubernetesObject;
  readonly status?: KubernetesObject;
}

let uids = 0;

/** A pod of one running container, `app`, on the node `amd`. */
export function aPod(spec: PodSpec = {}): KubernetesObject {
  const { name = `web-${++uids}`, namespace = 'shop', owner, phase = 'Running' } = spec;
  const { containers = [{}], init = [], ephemeral = [], node = 'amd' } = spec;
  const { startTime = '2026-03-01T00:00:00Z' } = spec;
  return {
    metadata: {
      name,
      namespace,
      uid: `uid-${namespace}-${name}`,
      creationTimestamp: startTime,
      ...(owner && { ownerReferences: [referenceTo(namespace, owner)] }),
    },
    spec: {
      ...(node && { nodeName: node }),
      containers: containers.map(toSpec),
      initContainers: init.map(toSpec),
      ephemeralContainers: ephemeral.map(toSpec),
      ...spec.spec,
    },
    status: {
      phase,
      startTime,
      containerStatuses: containers.map(toStatus),
      initContainerStatuses: init.map(toStatus),
      ephemeralContainerStatuses: ephemeral.map(toStatus),
      ...spec.status,
    },
  };
}

/** A ReplicaSet or Job. */
export function anOwned(
  name: string,
  owner?: PodSpec['owner'],
  namespace = 'shop',
  uid = `uid-${namespace}-${name}`,
): KubernetesObject {
  return {
    metadata: {
      name,
      namespace,
      uid,
      ...(owner && { ownerReferences: [referenceTo(namespace, owner)] }),
    },
  };
}

export function aNode(name: string, architecture: string, system = 'linux'): KubernetesObject {
  return {
    metadata: { name },
    status: { nodeInfo: { architecture, operatingSystem: system } },
  };
}

function referenceTo(namespace: string, owner: NonNullable<PodSpec['owner']>) {
  const { kind, name, apiVersion = kind === 'Job' ? 'batch/v1' : 'apps/v1' } = owner;
  return { apiVersion, kind, name, uid: `uid-${namespace}-${name}`, controller: true };
}

function toSpec({ name = 'app', image = 'r.test/web:1' }: ContainerSpec) {
  return { name, image };
}

function toStatus(spec: ContainerSpec) {
  const { name = 'app', image = 'r.test/web:1', digest = digestLike('a') } = spec;
  const repository = image.replace(/:[\w.-]+$/, '');
  const { imageID = `${repository}@${digest}`, state = { running: {} } } = spec;
  return { name, image, imageID, state };
}

export interface FakeEks extends AsyncDisposable {
  /** Where EKS answers. */
  readonly endpoint: string;
  readonly calls: JsonCall[];
  readonly clusters: Map<string, FakeCluster>;
  /** The cluster `prod`, which has the nodes `amd` and `arm`. */
  readonly prod: FakeCluster;
  pageSize: number;
  refuse: (call: JsonCall) => JsonAnswer | undefined;
  /** What the adapter lists. */
  list(
    clusters?: readonly string[],
    sendTo?: () => SendKubernetes,
  ): Promise<readonly DeploymentScope[]>;
}

/** The embedded EKS with objects that a test writes. */
export async function startFakeEks(options: OrchestratorOptions = {}): Promise<FakeEks> {
  const nodes = [aNode('amd', 'amd64'), aNode('arm', 'arm64')];
  const prod: FakeCluster = { pods: [], nodes, replicasets: [], jobs: [] };
  const clusters = new Map([['prod', prod]]);
  const calls: JsonCall[] = [];
  const server = await startOrchestrators(
    {
      ecs: { clusters: new Map(), services: new Map() },
      lambda: { functions: new Map() },
      eks: { clusters },
    },
    {
      pageSize: () => eks.pageSize,
      refuse(call) {
        calls.push(call);
        return eks.refuse(call);
      },
      ...options,
    },
  );
  const client = createEksClient(embeddedClientOptions(server.endpoint));
  const eks: FakeEks = {
    endpoint: server.endpoint,
    calls,
    clusters,
    prod,
    pageSize: 500,
    refuse: () => undefined,
    list: (names = ['prod'], sendTo = undefined) =>
      createEksDeployments({
        client,
        clusters: names,
        sleep: async () => undefined,
        ...(sendTo && { sendTo }),
      }).list(),
    async [Symbol.asyncDispose]() {
      client.destroy();
      await server[Symbol.asyncDispose]();
    },
  };
  return eks;
}
