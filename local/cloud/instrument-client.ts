import type { ECRClient } from '@aws-sdk/client-ecr';
import type { ECSClient } from '@aws-sdk/client-ecs';
import type { EKSClient } from '@aws-sdk/client-eks';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import type { S3Client } from '@aws-sdk/client-s3';
import type { SNSClient } from '@aws-sdk/client-sns';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Faults } from './faults.ts';
import type { FaultError } from './injected-error.ts';

type AwsClient =
  | DynamoDBDocumentClient
  | ECRClient
  | ECSClient
  | EKSClient
  | LambdaClient
  | S3Client
  | SNSClient
  | SQSClient;

/** The SDK's handler context: one object a call, shared by all middleware of it. */
interface CallContext {
  readonly clientName?: string;
  readonly commandName?: string;
}

/** What all clients' middleware stacks have in common. */
interface Stack<Step> {
  add(
    middleware: <Args, Output>(
      next: (args: Args) => Promise<Output>,
      context: CallContext,
    ) => (args: Args) => Promise<Output>,
    options: {
      readonly step: Step;
      readonly priority: 'high' | 'low';
      readonly name: string;
    },
  ): void;
}

/**
 * Puts a client's calls under the faults and crashes. The first middleware sees a call with all
 * its retries; the second lies inside the retry loop and sees each HTTP attempt
 * (https://aws.amazon.com/blogs/developer/middleware-stack-modular-aws-sdk-js/).
 */
export function instrumentClient(client: AwsClient, faults: Faults): void {
  const failing = new WeakMap<CallContext, FaultError>();
  const calls: Stack<'initialize'> = client.middlewareStack;
  const attempts: Stack<'finalizeRequest'> = client.middlewareStack;

  calls.add(
    (next, context) => (args) => {
      const error = faults.beginCall(callName(context));
      if (error !== undefined) failing.set(context, error);
      return next(args);
    },
    { step: 'initialize', priority: 'high', name: 'beginFaultyCall' },
  );
  attempts.add(
    (next, context) => (args) =>
      faults.attempt(callName(context), failing.get(context), () => next(args)),
    { step: 'finalizeRequest', priority: 'low', name: 'makeFaultyAttempt' },
  );
}

/** `dynamodb:PutItem`, from `DynamoDBClient` and `PutItemCommand`. */
function callName({ clientName = '', commandName = '' }: CallContext): string {
  const service = clientName.replace(/Client$/, '').toLowerCase();
  return `${service}:${commandName.replace(/Command$/, '')}`;
}
