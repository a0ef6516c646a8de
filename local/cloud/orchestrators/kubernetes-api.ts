import type { JsonAnswer, JsonCall } from '../start-json-server.ts';
import { pageOf } from './page-of.ts';

/** An object in the words of the Kubernetes API Reference. */
export type KubernetesObject = Readonly<Record<string, unknown>>;

/** What is in a cluster. */
export interface KubernetesObjects {
  readonly pods: readonly KubernetesObject[];
  readonly nodes: readonly KubernetesObject[];
  readonly replicasets: readonly KubernetesObject[];
  readonly jobs: readonly KubernetesObject[];
}

interface Resource {
  readonly of: keyof KubernetesObjects;
  readonly kind: string;
  readonly apiVersion: string;
}

const RESOURCES: Readonly<Record<string, Resource>> = {
  'api/v1/pods': { of: 'pods', kind: 'PodList', apiVersion: 'v1' },
  'api/v1/nodes': { of: 'nodes', kind: 'NodeList', apiVersion: 'v1' },
  'apis/apps/v1/replicasets': { of: 'replicasets', kind: 'ReplicaSetList', apiVersion: 'apps/v1' },
  'apis/batch/v1/jobs': { of: 'jobs', kind: 'JobList', apiVersion: 'batch/v1' },
};

/** A cluster's API as far as its lists go (Kubernetes API Concepts). */
export function answerKubernetes(
  objects: KubernetesObjects | undefined,
  path: string,
  { query, headers }: JsonCall,
  { mostItems, now }: { readonly mostItems: number; readonly now: number },
): JsonAnswer {
  if (!isToken(headers.authorization, now)) return refusal(401, 'Unauthorized', 'Unauthorized');
  const resource = RESOURCES[path];
  if (!resource || !objects) {
    return refusal(404, 'NotFound', 'the server could not find the requested resource');
  }
  const size = Math.min(Number(query.get('limit') ?? Number.POSITIVE_INFINITY), mostItems);
  const page = pageOf(objects[resource.of], query.get('continue'), size);
  if (!page) return refusal(400, 'BadRequest', 'continue key is not valid');
  const isPartial = /;as=PartialObjectMetadataList;/.test(headers.accept ?? '');
  return json(200, {
    kind: isPartial ? 'PartialObjectMetadataList' : resource.kind,
    apiVersion: isPartial ? 'meta.k8s.io/v1' : resource.apiVersion,
    metadata: { resourceVersion: '1', ...(page.next && { continue: page.next }) },
    items: isPartial ? page.items.map(({ metadata }) => ({ metadata })) : page.items,
  });
}

/** A failure in the API's own words. */
export function refusal(
  code: number,
  reason: string,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): JsonAnswer {
  const status = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure' };
  return json(code, { ...status, message, reason, code }, headers);
}

/** A client's clock may be wrong by as much; a token's own life is as long. */
const MINUTES = 15;

/** Whether this is what EKS takes for a token; who signed it only STS could say. */
function isToken(authorization = '', now: number): boolean {
  const text = /^Bearer k8s-aws-v1\.([\w-]+)$/.exec(authorization)?.[1] ?? '';
  const url = URL.parse(Buffer.from(text, 'base64url').toString('utf8'));
  const signed = url?.searchParams.get('X-Amz-SignedHeaders')?.split(';') ?? [];
  const date = url?.searchParams.get('X-Amz-Date') ?? '';
  const at = Date.parse(
    date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'),
  );
  return (
    url?.protocol === 'https:' &&
    url.hostname.startsWith('sts.') &&
    url.searchParams.get('Action') === 'GetCallerIdentity' &&
    url.searchParams.has('X-Amz-Signature') &&
    signed.includes('x-k8s-aws-id') &&
    Math.abs(now - at) < MINUTES * 60_000
  );
}

function json(
  status: number,
  output: unknown,
  headers: Readonly<Record<string, string>> = {},
): JsonAnswer {
  return { status, output, headers: { 'content-type': 'application/json', ...headers } };
}
