import type { SQSClient } from '@aws-sdk/client-sqs';
import { AlertMessage } from '../../adapters/aws/alert-message.ts';
import type { Alert } from '../../core/alert/alert.ts';
import { deleteBatch, receiveBatch } from './sqs-batches.ts';
import type { EmbeddedQueue } from './start-messaging.ts';

/** Takes every alert that the subscribed queue has received, in order, doubles included. */
export async function receiveAlerts(
  sqs: SQSClient,
  queue: EmbeddedQueue,
): Promise<readonly Alert[]> {
  const alerts: Alert[] = [];
  for (;;) {
    const messages = await receiveBatch(sqs, queue.url, 10);
    if (messages.length === 0) return alerts;
    alerts.push(...messages.map(({ Body = '' }) => AlertMessage.parse(JSON.parse(Body))));
    await deleteBatch(sqs, queue.url, messages);
  }
}
