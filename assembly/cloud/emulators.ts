import { request as send } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { buildApp } from 'fauxqs';
import { startDynamo } from '../../local/cloud/start-dynamo.ts';
import type { Guard } from '../iam/guard.ts';
import type { Place } from '../template/place.ts';
import { accessDenied } from './access-denied.ts';
import { type AwsAnswer, type AwsRequest, formOf } from './aws-request.ts';
import type { Serve } from './front-door.ts';
import { listBucketRight, s3Target } from './requested-rights.ts';

/** The one account that fauxqs knows. */
const EMULATOR_ACCOUNT = '000000000000';

/** DynamoDB, S3, SNS and SQS on the loopback, without any question of rights. */
export interface Emulators {
  readonly dynamo: string;
  readonly messaging: string;
  stop(): Promise<void>;
}

export async function startEmulators({ region }: Place): Promise<Emulators> {
  const app = buildApp({ logger: false, defaultRegion: region });
  const [dynamo, messaging] = await Promise.all([
    startDynamo(),
    app.listen({ port: 0, host: '127.0.0.1' }),
  ]);
  return {
    dynamo: dynamo.endpoint,
    messaging,
    async stop() {
      app.server.closeAllConnections();
      await Promise.all([dynamo.stop(), app.close()]);
    },
  };
}

/** An ARN as the emulators have it. */
export function emulatorArn(arn: string): string {
  const parts = arn.split(':');
  return [...parts.slice(0, 4), EMULATOR_ACCOUNT, ...parts.slice(5)].join(':');
}

/** The emulators as services behind the front door. */
export function emulatedServices(
  { dynamo, messaging }: Emulators,
  guard: Guard,
  onProblem: (problem: string) => void,
): Readonly<Record<'dynamodb' | 's3' | 'sns' | 'sqs', Serve>> {
  return {
    dynamodb: (request) => forward(dynamo, request),
    sqs: (request) => forward(messaging, request),
    sns: (request) => forward(messaging, inEmulatorsAccount(request)),
    s3: async (request, caller) => {
      if (await isWrittenAlready(messaging, request)) return preconditionFailed();
      const answer = await forward(messaging, request);
      if (answer.status !== 404 || s3Target(request.url).key === '') return answer;
      // Who may not list a bucket is not told that a key is not there.
      const right = listBucketRight(s3Target(request.url).bucket);
      if (await guard.allows(caller, right)) return answer;
      onProblem(`denied: s3:ListBucket, asked for a key that is not there: ${request.accessKeyId}`);
      return accessDenied(request, right.action);
    },
  };
}

function inEmulatorsAccount(request: AwsRequest): AwsRequest {
  const form = formOf(request);
  const topic = form.get('TopicArn');
  if (topic) form.set('TopicArn', emulatorArn(topic));
  return { ...request, body: Buffer.from(form.toString()) };
}

/** fauxqs takes `If-None-Match` and ignores it. */
async function isWrittenAlready(endpoint: string, request: AwsRequest): Promise<boolean> {
  if (request.method !== 'PUT' || request.headers['if-none-match'] !== '*') return false;
  const { status } = await forward(endpoint, {
    ...request,
    method: 'HEAD',
    headers: { host: request.headers.host },
    body: Buffer.alloc(0),
  });
  return status === 200;
}

function preconditionFailed(): AwsAnswer {
  const body = '<Error><Code>PreconditionFailed</Code><Message>it is there</Message></Error>';
  return { status: 412, headers: { 'content-type': 'application/xml' }, body };
}

/** Sends a request on as it is. */
export function forward(endpoint: string, request: AwsRequest): Promise<AwsAnswer> {
  const { method, url, headers, body } = request;
  return new Promise((resolve, reject) => {
    const sent = send(
      new URL(url.pathname + url.search, endpoint),
      { method, headers: { ...headers, 'content-length': body.length } },
      (response) => {
        buffer(response).then((given) => {
          const { 'transfer-encoding': _, connection: __, ...rest } = response.headers;
          resolve({ status: response.statusCode ?? 500, headers: rest, body: given });
        }, reject);
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}
