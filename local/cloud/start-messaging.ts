import type { AddressInfo } from 'node:net';
import { CreateTopicCommand, type SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand, GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { buildApp } from 'fauxqs';
import { createSnsClient, createSqsClient } from '../../adapters/aws/create-aws-clients.ts';
import { EMBEDDED_REGION, embeddedClientOptions } from './embedded-clients.ts';

export interface EmbeddedQueue {
  readonly url: string;
  readonly arn: string;
}

/** A queue whose messages are kept in `deadLetters` when they were received too often. */
export interface RedrivenQueue extends EmbeddedQueue {
  readonly deadLetters: EmbeddedQueue;
}

export interface EmbeddedMessaging {
  readonly endpoint: string;
  readonly topicArn: string;
  /** Subscribed to the topic, with raw delivery. */
  readonly subscriber: EmbeddedQueue;
  readonly peopleArn: string;
  /** Subscribed to the people's topic, with raw delivery. */
  readonly reader: EmbeddedQueue;
  /** Takes ECR's events. */
  readonly pushes: RedrivenQueue;
  /** Takes what was indexed. */
  readonly assess: RedrivenQueue;
  /** For the cloud's own part: the mapping and the subscriber. No fault touches it. */
  readonly sqs: SQSClient;
  stop(): Promise<void>;
}

/** How often a message is received, as the deployed queues have it. */
export const RECEIVES = { pushes: 3, assess: 25 };

/** SNS and SQS on a free port of the loopback, in memory, with the topic and the queues. */
export async function startMessaging(): Promise<EmbeddedMessaging> {
  // fauxqs' own start function listens on every interface.
  const app = buildApp({ logger: false, defaultRegion: EMBEDDED_REGION });
  await app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = app.server.address() as AddressInfo;
  const endpoint = `http://127.0.0.1:${port}`;
  const sns = createSnsClient(embeddedClientOptions(endpoint));
  const sqs = createSqsClient(embeddedClientOptions(endpoint));

  const subscriber = await createQueue(sqs, 'tidewatch-subscriber');
  const topicArn = await createSubscribedTopic(sns, 'tidewatch-alerts', subscriber);
  const reader = await createQueue(sqs, 'tidewatch-reader');
  const peopleArn = await createSubscribedTopic(sns, 'tidewatch-people', reader);
  const pushes = await createRedrivenQueue(sqs, 'tidewatch-pushes', RECEIVES.pushes);
  const assess = await createRedrivenQueue(sqs, 'tidewatch-assess', RECEIVES.assess);
  sns.destroy();

  return {
    endpoint,
    topicArn,
    subscriber,
    peopleArn,
    reader,
    pushes,
    assess,
    sqs,
    async stop() {
      sqs.destroy();
      await app.close();
    },
  };
}

async function createSubscribedTopic(
  sns: SNSClient,
  name: string,
  queue: EmbeddedQueue,
): Promise<string> {
  const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: name }));
  await sns.send(
    new SubscribeCommand({
      TopicArn,
      Protocol: 'sqs',
      Endpoint: queue.arn,
      Attributes: { RawMessageDelivery: 'true' },
    }),
  );
  return given(TopicArn, 'a topic’s ARN');
}

async function createRedrivenQueue(
  sqs: SQSClient,
  name: string,
  maxReceiveCount: number,
): Promise<RedrivenQueue> {
  const deadLetters = await createQueue(sqs, `${name}-dead-letters`);
  const queue = await createQueue(sqs, name, {
    RedrivePolicy: JSON.stringify({
      deadLetterTargetArn: deadLetters.arn,
      maxReceiveCount,
    }),
  });
  return { ...queue, deadLetters };
}

async function createQueue(
  sqs: SQSClient,
  name: string,
  attributes: Readonly<Record<string, string>> = {},
): Promise<EmbeddedQueue> {
  const { QueueUrl } = await sqs.send(
    // Real time must not make a message visible again while a handler has it: twelve hours.
    new CreateQueueCommand({
      QueueName: name,
      Attributes: { VisibilityTimeout: '43200', ...attributes },
    }),
  );
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
  );
  return { url: given(QueueUrl, 'a queue’s URL'), arn: given(Attributes?.QueueArn, 'its ARN') };
}

function given(value: string | undefined, what: string): string {
  if (value === undefined) throw new Error(`the emulator did not give ${what}`);
  return value;
}
