import type { SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import { AlertMessage } from '../../adapters/aws/alert-message.ts';
import type { Alert } from '../../core/alert/alert.ts';
import { deleteBatch, receiveBatch } from './sqs-batches.ts';
import type { EmbeddedQueue } from './start-messaging.ts';

/** Takes every alert that the subscribed queue has received, in order, doubles included. */
export async function receiveAlerts(
  sqs: SQSClient,
  queue: EmbeddedQueue,
): Promise<readonly Alert[]> {
  const bodies = await receiveAll(sqs, queue);
  return bodies.map((body) => AlertMessage.parse(JSON.parse(body)));
}

/** The bodies by protocol; the emulator leaves choosing one to the receiver. */
const PeopleMessage = z.object({ default: z.string() });

/** Takes every mail that people have received, doubles included. */
export async function receiveMails(
  sqs: SQSClient,
  queue: EmbeddedQueue,
): Promise<readonly string[]> {
  const bodies = await receiveAll(sqs, queue);
  return bodies.map((body) => PeopleMessage.parse(JSON.parse(body)).default);
}

async function receiveAll(sqs: SQSClient, queue: EmbeddedQueue): Promise<readonly string[]> {
  const bodies: string[] = [];
  for (;;) {
    const messages = await receiveBatch(sqs, queue.url, 10);
    if (messages.length === 0) return bodies;
    bodies.push(...messages.map(({ Body = '' }) => Body));
    await deleteBatch(sqs, queue.url, messages);
  }
}
