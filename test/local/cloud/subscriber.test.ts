import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSnsClient, createSqsClient } from '../../../adapters/aws/create-aws-clients.ts';
import { createSnsAlertTopic } from '../../../adapters/aws/sns-alert-topic.ts';
import { createSqsAssessQueue } from '../../../adapters/aws/sqs-assess-queue.ts';
import { embeddedClientOptions } from '../../../local/cloud/embedded-clients.ts';
import { receiveBatch } from '../../../local/cloud/sqs-batches.ts';
import { type EmbeddedMessaging, startMessaging } from '../../../local/cloud/start-messaging.ts';
import { receiveAlerts } from '../../../local/cloud/subscriber.ts';
import { aDigest, anAlert } from '../../support/state-builders.ts';

let messaging: EmbeddedMessaging;
beforeAll(async () => {
  messaging = await startMessaging();
});
afterAll(() => messaging.stop());

function topic() {
  const client = createSnsClient(embeddedClientOptions(messaging.endpoint));
  return createSnsAlertTopic({ client, topicArn: messaging.topicArn });
}

describe('a subscriber of the topic', () => {
  it('receives every alert as it was published, in order, once', async () => {
    const alerts = Array.from({ length: 23 }, (_, index) => anAlert({ alertId: `alert-${index}` }));
    for (const alert of alerts) await topic().publish(alert, null);

    expect(await receiveAlerts(messaging.sqs, messaging.subscriber)).toEqual(alerts);
    expect(await receiveAlerts(messaging.sqs, messaging.subscriber)).toEqual([]);
  });

  it('can filter by kind, severity and cause', async () => {
    await topic().publish(anAlert({ kind: 'drift', severity: 'none', cause: 'image' }), null);

    const [message] = await receiveBatch(messaging.sqs, messaging.subscriber.url, 1);

    expect(message?.MessageAttributes).toEqual({
      kind: { DataType: 'String', StringValue: 'drift' },
      severity: { DataType: 'String', StringValue: 'none' },
      cause: { DataType: 'String', StringValue: 'image' },
    });
  });

  it('receives an alert that is longer than a message can be, cut', async () => {
    await topic().publish(anAlert({ message: '"é"'.repeat(200_000) }), null);

    const [alert] = await receiveAlerts(messaging.sqs, messaging.subscriber);

    expect(alert?.message).toMatch(/… \(\d+ more characters\)$/);
  });
});

it('passes a push on to be assessed, as JSON', async () => {
  const client = createSqsClient(embeddedClientOptions(messaging.endpoint));
  const push = {
    registry: '123456789012.dkr.ecr.eu-west-1.amazonaws.com',
    repository: 'web',
    tag: '1',
    digest: aDigest('a'),
    pushedAt: '2026-11-21T00:00:00.000Z',
  };

  await createSqsAssessQueue({ client, queueUrl: messaging.assess.url }).send(push);

  const [message] = await receiveBatch(messaging.sqs, messaging.assess.url, 1);
  expect(JSON.parse(message?.Body ?? '')).toEqual(push);
});

it('listens on the loopback alone', async () => {
  const { hostname, port } = new URL(messaging.endpoint);
  const others = Object.values(networkInterfaces())
    .flatMap((each) => each ?? [])
    .filter(({ internal, family }) => !internal && family === 'IPv4');

  expect(hostname).toBe('127.0.0.1');
  for (const { address } of others) {
    const reached = await new Promise((resolve) => {
      const socket = connect(Number(port), address, () => resolve(true));
      socket.on('error', () => resolve(false));
      socket.on('close', () => socket.destroy());
    });
    expect(reached, address).toBe(false);
  }
});
