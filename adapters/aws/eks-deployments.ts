import { DescribeClusterCommand, type EKSClient } from '@aws-sdk/client-eks';
import type { DeploymentScope, DeploymentSource } from '../../actions/ports.ts';
import { mapLimited } from '../../actions/stored-objects.ts';
import { scopeFailure } from '../deployments/scope-failure.ts';
import { listKubernetes } from '../kubernetes/kubernetes-deployments.ts';
import type { KubernetesApi } from '../kubernetes/list-resource.ts';
import { createSendKubernetes, type SendKubernetes } from '../kubernetes/send-kubernetes.ts';
import { createEksToken } from './eks-token.ts';
import { nameAt } from './name-at.ts';
import { callFailure } from './read-pages.ts';
import { regionOf } from './region-of.ts';

/** Clusters that are read side by side: the pages of each are held at once. */
const CLUSTERS_AT_ONCE = 4;

/** Milliseconds that all clusters have together: half of what the function has. */
const PATIENCE = 8 * 60_000;

/** Which clusters are asked, and how. */
export interface EksDeploymentsOptions {
  readonly client: EKSClient;
  /** Names, in the client's account and region. */
  readonly clusters: readonly string[];
  /** What that account and region is called where it is not the stack's own. */
  readonly place?: string | undefined;
  /** Sends to an API whose certificate the given authority (PEM) has signed. @default over the network */
  readonly sendTo?: (authority: string) => SendKubernetes;
  /** Waits milliseconds before another attempt. */
  readonly sleep?: (milliseconds: number) => Promise<void>;
}

/**
 * What the pods of EKS run, in the clusters that are named. Scopes: `eks/<region>/<cluster>`; of
 * another place than the stack's own `eks/<place>:<region>/<cluster>`, and `eks/<place>:<cluster>`
 * in workloads.
 */
export function createEksDeployments(options: EksDeploymentsOptions): DeploymentSource {
  return {
    async list(): Promise<DeploymentScope[]> {
      const region = nameAt(options.place, await regionOf(options.client));
      const deadline = AbortSignal.timeout(PATIENCE);
      return mapLimited(options.clusters, CLUSTERS_AT_ONCE, async (cluster) => ({
        scope: `eks/${region}/${cluster}`,
        ...(await listCluster(options, cluster, deadline)),
      }));
    },
  };
}

async function listCluster(
  options: EksDeploymentsOptions,
  cluster: string,
  deadline: AbortSignal,
): Promise<Pick<DeploymentScope, 'failure' | 'deployments' | 'idle'>> {
  const access = await describeCluster(options.client, cluster);
  if ('failure' in access) return { failure: scopeFailure([access.failure]), deployments: [] };
  const { sendTo = createSendKubernetes, sleep = sleepReally } = options;
  const api: KubernetesApi = {
    endpoint: access.endpoint,
    send: sendTo(access.authority),
    token: () => createEksToken(options.client, cluster),
    deadline,
    sleep,
  };
  return listKubernetes(api, `eks/${nameAt(options.place, cluster)}`);
}

type Access =
  | { readonly endpoint: string /** PEM. */; readonly authority: string }
  | { readonly failure: string };

/** Where a cluster's API is and whose certificate it has, or why it cannot be asked. */
async function describeCluster(client: EKSClient, name: string): Promise<Access> {
  try {
    const { cluster } = await client.send(new DescribeClusterCommand({ name }));
    const { endpoint, certificateAuthority, resourcesVpcConfig, status } = cluster ?? {};
    const authority = certificateAuthority?.data;
    if (!endpoint || !authority || !URL.canParse(endpoint)) {
      return { failure: `DescribeCluster: no endpoint and authority (${status})` };
    }
    if (resourcesVpcConfig?.endpointPublicAccess === false) {
      return {
        failure:
          'its API is private, and Tidewatch is not in its network: open the public endpoint, or list what runs there under deployments',
      };
    }
    return { endpoint, authority: Buffer.from(authority, 'base64').toString('utf8') };
  } catch (error) {
    return { failure: callFailure('DescribeCluster', error) };
  }
}

function sleepReally(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
