import type { Right } from '../iam/guard.ts';
import { arnIn, type Place } from '../template/place.ts';
import { type AwsRequest, formOf, inputOf } from './aws-request.ts';

/** A call that nobody has said of which right it takes. */
export class UnknownCallError extends Error {
  override readonly name = 'UnknownCallError';
}

type Read = (request: AwsRequest, place: Place) => readonly Right[];

/**
 * By service: the rights that a call takes, as the Service Authorization Reference has them
 * (https://docs.aws.amazon.com/service-authorization/latest/reference/).
 */
const RIGHTS: Readonly<Record<string, Read>> = {
  dynamodb: dynamoRights,
  s3: s3Rights,
  sqs: (request, place) => {
    const name = String(inputOf(request).QueueUrl).split('/').at(-1) ?? '';
    return [{ action: `sqs:${request.operation}`, resource: arnIn(place, 'sqs', name) }];
  },
  sns: (request) => {
    const topic = formOf(request).get('TopicArn');
    // A batch takes the right to publish.
    const action = request.operation.replace(/^PublishBatch$/, 'Publish');
    return [{ action: `sns:${action}`, resource: topic ?? '*' }];
  },
  lambda: lambdaRights,
  ecs: ecsRights,
  eks: eksRights,
  secretsmanager: secretRights,
  sts: stsRights,
  ecr: (request, place) => {
    const { repositoryName, registryId } = inputOf(request);
    const owner = { ...place, account: String(registryId ?? place.account) };
    const isOfRegistry = request.operation === 'GetAuthorizationToken';
    const repository = arnIn(owner, 'ecr', `repository/${repositoryName ?? '*'}`);
    return [{ action: `ecr:${request.operation}`, resource: isOfRegistry ? '*' : repository }];
  },
};

/** @throws UnknownCallError */
export function rightsOf(request: AwsRequest, place: Place): readonly Right[] {
  const read = RIGHTS[request.service];
  if (!read) throw new UnknownCallError(`a call of ${request.service}`);
  return read(request, place);
}

function dynamoRights(request: AwsRequest, place: Place): Right[] {
  const { TableName, IndexName, Key, Item } = inputOf(request);
  if (typeof TableName !== 'string') {
    throw new UnknownCallError(`dynamodb:${request.operation} without a table`);
  }
  const index = IndexName === undefined ? '' : `/index/${IndexName}`;
  const leading = Object(Key ?? Item).pk?.S;
  return [
    {
      action: `dynamodb:${request.operation}`,
      resource: arnIn(place, 'dynamodb', `table/${TableName}${index}`),
      ...(leading !== undefined && { context: { 'dynamodb:LeadingKeys': [String(leading)] } }),
    },
  ];
}

const S3_ACTIONS: Readonly<Record<string, string>> = {
  GET: 's3:GetObject',
  HEAD: 's3:GetObject',
  PUT: 's3:PutObject',
  POST: 's3:PutObject',
  DELETE: 's3:DeleteObject',
};

function s3Rights({ method, url }: AwsRequest): Right[] {
  const { bucket, key } = s3Target(url);
  if (key === '') {
    if (!url.searchParams.has('list-type')) {
      throw new UnknownCallError(`s3: ${method} ${url.pathname}${url.search}`);
    }
    return [listBucketRight(bucket, url.searchParams.get('prefix') ?? '')];
  }
  return [{ action: S3_ACTIONS[method] ?? '', resource: `arn:aws:s3:::${bucket}/${key}` }];
}

/** What S3 asks for a list, and before it says of a key that it is not there. */
export function listBucketRight(bucket: string, prefix?: string): Right {
  return {
    action: 's3:ListBucket',
    resource: `arn:aws:s3:::${bucket}`,
    ...(prefix !== undefined && { context: { 's3:prefix': prefix } }),
  };
}

/** Bucket and key of a path-style request. */
export function s3Target({ pathname }: URL): { readonly bucket: string; readonly key: string } {
  const [, bucket = '', key = ''] = /^\/([^/]+)\/?(.*)$/.exec(decodeURIComponent(pathname)) ?? [];
  return { bucket, key };
}

/** Lambda's paths, and the action that each takes (Lambda API Reference). */
const LAMBDA_PATHS: readonly (readonly [string, RegExp])[] = [
  ['POST lambda:InvokeFunction', /^\/2015-03-31\/functions\/([^/]+)\/invocations$/],
  ['GET lambda:ListFunctions', /^\/2015-03-31\/functions\/?$/],
  ['GET lambda:ListAliases', /^\/2015-03-31\/functions\/([^/]+)\/aliases$/],
  ['GET lambda:GetFunction', /^\/2015-03-31\/functions\/([^/]+)$/],
  [
    'POST lambda:CheckpointDurableExecution',
    /^\/2025-12-01\/durable-executions\/(.+)\/checkpoint$/,
  ],
  ['GET lambda:GetDurableExecutionState', /^\/2025-12-01\/durable-executions\/(.+)\/state$/],
  ['GET lambda:GetDurableExecution', /^\/2025-12-01\/durable-executions\/([^/]+)$/],
  [
    'GET lambda:ListDurableExecutionsByFunction',
    /^\/2025-12-01\/functions\/([^/]+)\/durable-executions$/,
  ],
];

/** Action and what it is about: a function's name or ARN, or a durable execution's ARN. @throws UnknownCallError */
export function lambdaCall({ method, url }: AwsRequest): { action: string; subject: string } {
  for (const [call, path] of LAMBDA_PATHS) {
    const [expected, action = ''] = call.split(' ');
    const match = expected === method && path.exec(decodeURIComponent(url.pathname));
    if (match) return { action, subject: match[1] ?? '' };
  }
  // An execution's ARN has slashes, which only its own path may hold.
  const [, subject] = /^\/2025-12-01\/durable-executions\/([^/]+)$/.exec(url.pathname) ?? [];
  if (subject && method === 'GET') {
    return { action: 'lambda:GetDurableExecution', subject: decodeURIComponent(subject) };
  }
  throw new UnknownCallError(`lambda: ${method} ${url.pathname}`);
}

function lambdaRights(request: AwsRequest, place: Place): Right[] {
  const { action, subject } = lambdaCall(request);
  if (subject === '') return [{ action, resource: '*' }];
  const arn = subject.startsWith('arn:') ? subject : arnIn(place, 'lambda', `function:${subject}`);
  const qualifier = request.url.searchParams.get('Qualifier');
  return [{ action, resource: qualifier ? `${arn}:${qualifier}` : arn }];
}

/** Calls that have no resource of their own, but a cluster as their condition. */
const OF_CLUSTERS = new Set(['ListTasks', 'ListServices']);

function ecsRights(request: AwsRequest, place: Place): Right[] {
  const action = `ecs:${request.operation}`;
  const { cluster, tasks, services, serviceRevisionArns } = inputOf(request);
  const resources = [tasks, services, serviceRevisionArns].find(Array.isArray);
  if (cluster === undefined && !resources) return [{ action, resource: '*' }];
  const name = String(cluster).split('/').at(-1) ?? '';
  const context: Record<string, string> = {};
  if (cluster !== undefined) context['ecs:cluster'] = arnIn(place, 'ecs', `cluster/${name}`);
  if (resources) return resources.map((each) => ({ action, resource: String(each), context }));
  if (OF_CLUSTERS.has(request.operation)) return [{ action, resource: '*', context }];
  throw new UnknownCallError(`${action} of ${name}`);
}

function eksRights({ method, url }: AwsRequest, place: Place): Right[] {
  const [, cluster] = /^\/clusters\/([^/]+)$/.exec(url.pathname) ?? [];
  if (method !== 'GET' || !cluster) throw new UnknownCallError(`eks: ${method} ${url.pathname}`);
  return [{ action: 'eks:DescribeCluster', resource: arnIn(place, 'eks', `cluster/${cluster}`) }];
}

function secretRights(request: AwsRequest, place: Place): Right[] {
  const { SecretId } = inputOf(request);
  const id = String(SecretId);
  // A secret's ARN ends in six characters that nobody chose.
  const arn = id.startsWith('arn:') ? id : arnIn(place, 'secretsmanager', `secret:${id}-aB3dE6`);
  return [{ action: `secretsmanager:${request.operation}`, resource: arn }];
}

function stsRights(request: AwsRequest): Right[] {
  // Who one is, everybody may ask (AWS STS API Reference, GetCallerIdentity).
  if (request.operation === 'GetCallerIdentity') return [];
  const role = formOf(request).get('RoleArn');
  if (!role) throw new UnknownCallError(`sts:${request.operation}`);
  return [{ action: `sts:${request.operation}`, resource: role }];
}
