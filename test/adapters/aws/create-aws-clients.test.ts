import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ListClustersCommand } from '@aws-sdk/client-ecs';
import { DescribeClusterCommand } from '@aws-sdk/client-eks';
import { ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { PublishCommand } from '@aws-sdk/client-sns';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import {
  type AwsClientOptions,
  createDynamoClient,
  createEcsClient,
  createEksClient,
  createLambdaClient,
  createS3Client,
  createSnsClient,
  createSqsClient,
} from '../../../adapters/aws/create-aws-clients.ts';
import { embeddedClientOptions } from '../../../local/cloud/embedded-clients.ts';

let server: Server;
let endpoint: string;
let requests: string[];
beforeEach(async () => {
  requests = [];
  server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    response.writeHead(403, { 'content-type': 'application/x-amz-json-1.0' }).end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
  vi.unstubAllEnvs();
  server.close();
  server.closeAllConnections();
});

/** What `callAll` asks for. */
const ALL = [
  'GET /2015-03-31/functions',
  'GET /bucket/key?x-id=GetObject',
  'GET /clusters/main',
  ...Array(4).fill('POST /'),
];

/** One call of each client; what it answers does not matter. */
async function callAll(options?: AwsClientOptions): Promise<void> {
  const queueUrl = 'https://sqs.eu-west-1.amazonaws.com/123456789012/queue';
  const item = { pk: 'a', sk: 'b' };
  const calls = [
    createDynamoClient(options).send(new PutCommand({ TableName: 'table', Item: item })),
    createEcsClient(options).send(new ListClustersCommand({})),
    createEksClient(options).send(new DescribeClusterCommand({ name: 'main' })),
    createLambdaClient(options).send(new ListFunctionsCommand({})),
    createS3Client(options).send(new GetObjectCommand({ Bucket: 'bucket', Key: 'key' })),
    createSnsClient(options).send(new PublishCommand({ TopicArn: 'arn', Message: 'text' })),
    createSqsClient(options).send(
      new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: 'text' }),
    ),
  ];
  await Promise.allSettled(calls);
}

it('goes where AWS_ENDPOINT_URL points, without any options', async () => {
  vi.stubEnv('AWS_ENDPOINT_URL', endpoint);
  vi.stubEnv('AWS_REGION', 'eu-west-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'key');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');

  await callAll();

  expect(requests.sort()).toEqual(ALL);
});

it('prefers the variable of the service', async () => {
  vi.stubEnv('AWS_ENDPOINT_URL', 'http://127.0.0.1:1');
  vi.stubEnv('AWS_ENDPOINT_URL_SQS', endpoint);
  vi.stubEnv('AWS_MAX_ATTEMPTS', '1');
  vi.stubEnv('AWS_REGION', 'eu-west-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'key');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');

  await callAll();

  expect(requests).toEqual(['POST /']);
});

it('lets nothing around it bend an embedded client', async () => {
  vi.stubEnv('AWS_ENDPOINT_URL', 'http://127.0.0.1:1');
  vi.stubEnv('AWS_ENDPOINT_URL_S3', 'http://127.0.0.1:1');
  vi.stubEnv('AWS_PROFILE', 'not-there');
  vi.stubEnv('AWS_CONFIG_FILE', '/not/there');
  vi.stubEnv('AWS_USE_FIPS_ENDPOINT', 'true');
  vi.stubEnv('AWS_USE_DUALSTACK_ENDPOINT', 'true');

  await callAll(embeddedClientOptions(endpoint));

  expect(requests.sort()).toEqual(ALL);
});

it('leaves attributes out that are undefined', async () => {
  const item = { pk: 'a', sk: 'b', absent: undefined };
  const put = createDynamoClient(embeddedClientOptions(endpoint)).send(
    new PutCommand({ TableName: 'table', Item: item }),
  );

  await put.catch(() => {});

  expect(requests).toHaveLength(1);
});
