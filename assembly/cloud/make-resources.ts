import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DescribeTableCommand,
} from '@aws-sdk/client-dynamodb';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { CreateTopicCommand, SubscribeCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand } from '@aws-sdk/client-sqs';
import {
  createDynamoClient,
  createS3Client,
  createSnsClient,
  createSqsClient,
} from '../../adapters/aws/create-aws-clients.ts';
import { embeddedClientOptions } from '../../local/cloud/embedded-clients.ts';
import type { Place } from '../template/place.ts';
import type { StackModel } from '../template/stack-model.ts';
import { type Emulators, emulatorArn } from './emulators.ts';

/** Clients of the emulators themselves: AWS's own doing, which asks for no rights. */
export type InsideClients = ReturnType<typeof openInsideClients>;

export function openInsideClients({ dynamo, messaging }: Emulators, { region }: Place) {
  const optionsOf = (endpoint: string) => ({ ...embeddedClientOptions(endpoint), region });
  const clients = {
    dynamo: createDynamoClient(optionsOf(dynamo)),
    s3: createS3Client(optionsOf(messaging)),
    sns: createSnsClient(optionsOf(messaging)),
    sqs: createSqsClient(optionsOf(messaging)),
  };
  return {
    ...clients,
    destroy: () => {
      for (const client of Object.values(clients)) client.destroy();
    },
  };
}

/** Makes what the template holds: tables, buckets, queues, topics, subscriptions. */
export async function makeResources(stack: StackModel, clients: InsideClients): Promise<void> {
  await Promise.all([
    makeTables(stack, clients),
    ...stack.buckets.map(({ name }) => clients.s3.send(new CreateBucketCommand({ Bucket: name }))),
    makeQueues(stack, clients),
    ...stack.topics.map(({ name }) => clients.sns.send(new CreateTopicCommand({ Name: name }))),
  ]);
  for (const { logicalId, SnsTopicArns } of stack.channels) {
    await subscribeQueue(channelQueue(logicalId), SnsTopicArns, clients);
  }
  for (const each of stack.subscriptions) {
    // Only queues are subscribed here; nobody reads mail, and no channel is there.
    if (each.Protocol !== 'sqs') continue;
    await clients.sns.send(
      new SubscribeCommand({
        TopicArn: emulatorArn(each.TopicArn),
        Protocol: each.Protocol,
        Endpoint: emulatorArn(each.Endpoint ?? ''),
        Attributes: {
          RawMessageDelivery: String(each.RawMessageDelivery ?? false),
          ...(each.FilterPolicy !== undefined && {
            FilterPolicy: JSON.stringify(each.FilterPolicy),
            FilterPolicyScope: each.FilterPolicyScope ?? 'MessageAttributes',
          }),
        },
      }),
    );
  }
}

/** The tables alone. */
export async function makeTables(
  { tables }: StackModel,
  clients: Pick<InsideClients, 'dynamo'>,
): Promise<void> {
  await Promise.all(tables.map((table) => makeTable(table, clients)));
}

async function makeTable(
  { name, AttributeDefinitions, KeySchema, GlobalSecondaryIndexes }: StackModel['tables'][number],
  { dynamo }: Pick<InsideClients, 'dynamo'>,
): Promise<void> {
  const definition = {
    TableName: name,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions,
    KeySchema,
    ...(GlobalSecondaryIndexes && { GlobalSecondaryIndexes }),
  } as CreateTableCommandInput;
  await dynamo.send(new CreateTableCommand(definition));
  for (;;) {
    const { Table } = await dynamo.send(new DescribeTableCommand({ TableName: name }));
    if (Table?.TableStatus === 'ACTIVE') return;
  }
}

async function makeQueues({ queues }: StackModel, { sqs }: InsideClients): Promise<void> {
  // Dead-letter queues have to be there before those that point at them.
  const ordered = queues.toSorted((a, b) => Number(!!a.RedrivePolicy) - Number(!!b.RedrivePolicy));
  for (const { name, VisibilityTimeout, RedrivePolicy } of ordered) {
    await sqs.send(
      new CreateQueueCommand({
        QueueName: name,
        Attributes: {
          VisibilityTimeout: String(VisibilityTimeout),
          ...(RedrivePolicy && {
            RedrivePolicy: JSON.stringify({
              ...RedrivePolicy,
              deadLetterTargetArn: emulatorArn(RedrivePolicy.deadLetterTargetArn),
            }),
          }),
        },
      }),
    );
  }
}

/** The queue in which lies what a channel of Slack hears. */
export function channelQueue(logicalId: string): string {
  return `heard-by-${logicalId}`;
}

/** Makes a queue that takes the messages of topics as they are. */
export async function subscribeQueue(
  name: string,
  topicArns: readonly string[],
  { sns, sqs }: Pick<InsideClients, 'sns' | 'sqs'>,
): Promise<void> {
  await sqs.send(new CreateQueueCommand({ QueueName: name }));
  for (const arn of topicArns) {
    const [, , , region] = arn.split(':');
    await sns.send(
      new SubscribeCommand({
        TopicArn: emulatorArn(arn),
        Protocol: 'sqs',
        Endpoint: emulatorArn(`arn:aws:sqs:${region}::${name}`),
        Attributes: { RawMessageDelivery: 'true' },
      }),
    );
  }
}
