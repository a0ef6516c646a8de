import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { ECSClient } from '@aws-sdk/client-ecs';
import { EKSClient } from '@aws-sdk/client-eks';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { STSClient } from '@aws-sdk/client-sts';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { TemporaryCredentials } from './assumed-role.ts';

/**
 * Where calls go and how they are repeated. Deployed none of it is given: the SDK reads
 * `AWS_ENDPOINT_URL`, `AWS_ENDPOINT_URL_<SERVICE>`, region and credentials itself
 * (https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html).
 */
export interface AwsClientOptions {
  /** `http://127.0.0.1:<port>`; stronger than the variables. */
  readonly endpoint?: string;
  readonly region?: string;
  /** Static ones, or those of a role; when given no profile, metadata service or token is asked. */
  readonly credentials?:
    | { readonly accessKeyId: string; readonly secretAccessKey: string }
    | (() => Promise<TemporaryCredentials>);
  /** @default the SDK's standard mode */
  readonly retryStrategy?: DynamoDBClientConfig['retryStrategy'];
}

/** The SDK's own are 3: a scope that gives up is not seen for a whole day. */
const LISTING_ATTEMPTS = 6;

// One function a service, so that a bundle holds only the clients that it makes.

/** The document client; attributes that are `undefined` are left out. */
export function createDynamoClient(options: AwsClientOptions = {}): DynamoDBDocumentClient {
  return DynamoDBDocumentClient.from(new DynamoDBClient(configOf(options)), {
    marshallOptions: { removeUndefinedValues: true },
  });
}

/** S3, with the bucket in the path: the only style that every emulator's host name allows. */
export function createS3Client(options: AwsClientOptions = {}): S3Client {
  return new S3Client({ ...configOf(options), forcePathStyle: true });
}

/** SNS, for the topic of alerts. */
export function createSnsClient(options: AwsClientOptions = {}): SNSClient {
  return new SNSClient(configOf(options));
}

/** SQS; the endpoint decides where calls go, not the host in a queue's URL. */
export function createSqsClient(options: AwsClientOptions = {}): SQSClient {
  return new SQSClient({ ...configOf(options), useQueueUrlAsEndpoint: false });
}

/** CloudFormation, to find what a stack consists of. */
export function createCloudFormationClient(options: AwsClientOptions = {}): CloudFormationClient {
  return new CloudFormationClient(configOf(options));
}

/** ECS, to list what runs: a whole fleet is read in one go, and throttled now and then. */
export function createEcsClient(options: AwsClientOptions = {}): ECSClient {
  return new ECSClient({ maxAttempts: LISTING_ATTEMPTS, ...configOf(options) });
}

/** EKS, to find the clusters that are listed; as `createEcsClient`. */
export function createEksClient(options: AwsClientOptions = {}): EKSClient {
  return new EKSClient({ maxAttempts: LISTING_ATTEMPTS, ...configOf(options) });
}

/** Lambda, to list its functions; as `createEcsClient`. */
export function createLambdaClient(options: AwsClientOptions = {}): LambdaClient {
  return new LambdaClient({ maxAttempts: LISTING_ATTEMPTS, ...configOf(options) });
}

/** Lambda, to invoke a function and wait for its end, however long. It is not repeated: another invocation would do the same work beside the first. */
export function createInvokeClient(options: AwsClientOptions = {}): LambdaClient {
  return new LambdaClient({ maxAttempts: 1, ...configOf(options) });
}

/** STS, to assume roles of other accounts; as `createEcsClient`. */
export function createStsClient(options: AwsClientOptions = {}): STSClient {
  return new STSClient({ maxAttempts: LISTING_ATTEMPTS, ...configOf(options) });
}

/** An explicit endpoint also ends what variables and profiles could still bend. */
function configOf(options: AwsClientOptions) {
  return options.endpoint === undefined
    ? options
    : { ...options, useFipsEndpoint: false, useDualstackEndpoint: false };
}
