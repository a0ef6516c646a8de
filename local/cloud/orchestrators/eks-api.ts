import type { JsonAnswer, JsonCall } from '../start-json-server.ts';
import type { KubernetesObjects } from './kubernetes-api.ts';

/** What EKS and the clusters' own APIs are asked about. */
export interface EksState {
  /** What is in each cluster, by its name. */
  readonly clusters: ReadonlyMap<string, KubernetesObjects>;
}

/** Where an embedded cluster's API is, and who vouches for it. */
export interface EksAccess {
  /** The URL below which `<cluster>` has its API. */
  readonly apis: string;
  /** PEM; nobody looks at it where the API has no TLS. */
  readonly authority: string;
}

/** EKS as far as the description of a cluster goes: REST JSON. */
export function answerEks({ clusters }: EksState, call: JsonCall, access: EksAccess): JsonAnswer {
  const name = /^GET \/clusters\/([^/]+)$/.exec(call.name)?.[1] ?? '';
  if (!clusters.has(name)) {
    const message = `No cluster found for name: ${name}.`;
    return { error: 'ResourceNotFoundException', status: 404, message };
  }
  return {
    output: {
      cluster: {
        name,
        arn: `arn:aws:eks:us-east-1:123456789012:cluster/${name}`,
        status: 'ACTIVE',
        endpoint: `${access.apis}/${name}`,
        certificateAuthority: { data: Buffer.from(access.authority).toString('base64') },
        resourcesVpcConfig: { endpointPublicAccess: true, endpointPrivateAccess: false },
        accessConfig: { authenticationMode: 'API' },
      },
    },
  };
}
