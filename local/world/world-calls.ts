import * as z from 'zod';

/** The calls that a world can disturb, as `service:operation`; `*` stands for every operation. */
const OPERATIONS: Readonly<Record<string, readonly string[]>> = {
  dynamodb: [
    'BatchGetItem',
    'BatchWriteItem',
    'DeleteItem',
    'GetItem',
    'PutItem',
    'Query',
    'Scan',
    'UpdateItem',
  ],
  ecr: ['DescribeImages', 'DescribeRepositories', 'GetAuthorizationToken'],
  ecs: ['DescribeTasks', 'ListClusters', 'ListServices', 'ListTasks'],
  // The clusters' own APIs belong to their service.
  eks: ['DescribeCluster', 'GET jobs', 'GET nodes', 'GET pods', 'GET replicasets'],
  lambda: ['GetFunction', 'ListAliases', 'ListFunctions'],
  registry: [
    'GET blob',
    'GET history',
    'GET manifest',
    'GET referrers',
    'GET tags',
    'GET token',
    'HEAD blob',
    'HEAD manifest',
  ],
  s3: ['DeleteObject', 'GetObject', 'HeadObject', 'ListObjectsV2', 'PutObject'],
  sns: ['GetTopicAttributes', 'Publish'],
  sqs: [
    'ChangeMessageVisibility',
    'ChangeMessageVisibilityBatch',
    'DeleteMessage',
    'DeleteMessageBatch',
    'ReceiveMessage',
    'SendMessage',
    'SendMessageBatch',
  ],
};

/** `service:operation`, as the SDK and the distribution spec name them. */
export const WorldCall = z.string().superRefine((call, context) => {
  const reason = refusalOf(call);
  if (reason) context.addIssue({ code: 'custom', message: reason, input: call });
});

/** How a call fails; a registry has more ways to. */
export const CALL_ERRORS = [
  'throttle',
  'timeout',
  'lost-response',
  'server',
  'denied',
  'not-found',
] as const;
export const REGISTRY_ERRORS = [
  'wrong-digest',
  'truncated',
  'html',
  'redirect-loop',
  'auth-loop',
] as const;

/** Whether an error of `fault` is a registry's alone. */
export function isRegistryError(error: string): boolean {
  return REGISTRY_ERRORS.some((each) => each === error);
}

function refusalOf(call: string): string | undefined {
  const [service = '', ...rest] = call.split(':');
  const operation = rest.join(':');
  const known = Object.hasOwn(OPERATIONS, service) ? OPERATIONS[service] : undefined;
  if (!known) return `unknown service ${JSON.stringify(service)}`;
  if (operation === '*' || known.includes(operation)) return undefined;
  return `unknown call ${JSON.stringify(call)}`;
}
