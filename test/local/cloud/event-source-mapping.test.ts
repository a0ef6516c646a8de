import { SendMessageCommand } from '@aws-sdk/client-sqs';
import type { Context, SQSEvent } from 'aws-lambda';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { type DrainQueueOptions, drainQueue } from '../../../local/cloud/event-source-mapping.ts';
import { createFaults } from '../../../local/cloud/faults.ts';
import { deleteBatch, receiveBatch } from '../../../local/cloud/sqs-batches.ts';
import {
  type EmbeddedMessaging,
  type EmbeddedQueue,
  startMessaging,
} from '../../../local/cloud/start-messaging.ts';

let messaging: EmbeddedMessaging;
beforeAll(async () => {
  messaging = await startMessaging();
});
afterAll(() => messaging.stop());
afterEach(async () => {
  for (const queue of [messaging.pushes, messaging.pushes.deadLetters]) await bodiesOf(queue);
});

const NOW = new Date('2026-11-21T02:00:00.000Z');

async function send(...bodies: readonly string[]): Promise<void> {
  for (const body of bodies) {
    await messaging.sqs.send(
      new SendMessageCommand({ QueueUrl: messaging.pushes.url, MessageBody: body }),
    );
  }
}

/** Takes what is left in a queue. */
async function bodiesOf(queue: EmbeddedQueue): Promise<(string | undefined)[]> {
  const messages = await receiveBatch(messaging.sqs, queue.url, 10);
  await deleteBatch(messaging.sqs, queue.url, messages);
  return messages.map(({ Body }) => Body);
}

// The handlers take Lambda's own types: the compiler checks the mapping against them.
function drain(
  handler: (event: SQSEvent, context: Context) => ReturnType<DrainQueueOptions['handler']>,
  overrides: Partial<DrainQueueOptions> = {},
) {
  return drainQueue({
    sqs: messaging.sqs,
    queue: messaging.pushes,
    functionName: 'index-image',
    handler,
    batchSize: 2,
    clock: { now: () => NOW },
    ...overrides,
  });
}

it('hands over the messages in the order of sending, in batches, and deletes them', async () => {
  const batches: string[][] = [];
  await send('1', '2', '3');

  const report = await drain(async ({ Records }) => {
    batches.push(Records.map(({ body }) => body));
  });

  expect(batches).toEqual([['1', '2'], ['3']]);
  expect(report).toEqual({ invocations: 2, succeeded: 3, failed: 0, crashes: 0, errors: [] });
  expect(await bodiesOf(messaging.pushes)).toEqual([]);
});

it('tells the handler what Lambda would, with the times of the world', async () => {
  const seen: unknown[] = [];
  await send('body');

  await drain(async ({ Records }, context) => {
    seen.push(...Records, context.functionName, context.awsRequestId);
  });

  expect(seen).toEqual([
    expect.objectContaining({
      body: 'body',
      eventSource: 'aws:sqs',
      eventSourceARN: messaging.pushes.arn,
      awsRegion: 'us-east-1',
      attributes: expect.objectContaining({
        ApproximateReceiveCount: '1',
        SentTimestamp: String(NOW.getTime()),
      }),
    }),
    'index-image',
    'index-image-1',
  ]);
});

it('keeps only the failed messages of a batch, for three receipts and then in the dead letters', async () => {
  const received: string[] = [];
  await send('good', 'bad', 'late');

  const report = await drain(async ({ Records }) => {
    received.push(...Records.map(({ body }) => body));
    const bad = Records.filter(({ body }) => body === 'bad');
    return { batchItemFailures: bad.map(({ messageId }) => ({ itemIdentifier: messageId })) };
  });

  expect(received).toEqual(['good', 'bad', 'late', 'bad', 'bad']);
  expect(report).toMatchObject({ succeeded: 2, failed: 3 });
  expect(await bodiesOf(messaging.pushes)).toEqual([]);
  expect(await bodiesOf(messaging.pushes.deadLetters)).toEqual(['bad']);
});

it('gives back a whole batch when the handler throws', async () => {
  const error = new Error('first time');
  const failures = [error];
  await send('1', '2');

  const report = await drain(async () => {
    const failure = failures.pop();
    if (failure) throw failure;
  });

  expect(report).toEqual({ invocations: 2, succeeded: 2, failed: 2, crashes: 0, errors: [error] });
});

it('gives back a whole batch when the answer names a message that is not in it', async () => {
  await send('1');

  const report = await drain(async () => ({ batchItemFailures: [{ itemIdentifier: 'unknown' }] }));

  expect(report).toMatchObject({ succeeded: 0, failed: 3 });
  expect(await bodiesOf(messaging.pushes.deadLetters)).toEqual(['1']);
});

it('gives back a whole batch when the function crashes, and goes on', async () => {
  const faults = createFaults();
  faults.addCrash({ after: 'dynamodb:PutItem' });
  const effects: string[] = [];
  await send('1', '2');

  const report = await drain(async ({ Records }) => {
    for (const { body } of Records) {
      await faults.attempt('dynamodb:PutItem', undefined, async () => effects.push(body));
    }
  });

  expect(effects).toEqual(['1', '1', '2']);
  expect(report).toEqual({ invocations: 2, succeeded: 2, failed: 2, crashes: 1, errors: [] });
});
