import {
  type AttachmentEvent,
  type PushEvent,
  parseAttachmentEvent,
  parsePushEvent,
} from '../core/image/push-event.ts';
import { faultOf, tryToIndex } from './failed-images.ts';
import type { IndexPorts } from './index-image.ts';
import type { AssessQueue, LayerLeases, PushMessage, PushQueue } from './ports.ts';
import { readLaterVex } from './read-attached-vex.ts';
import { keepVex, laterVexKey } from './stored-vex.ts';

export interface IndexPushPorts extends IndexPorts {
  readonly leases: LayerLeases;
  readonly assessQueue: AssessQueue;
  readonly pushQueue: PushQueue;
}

/** Seconds before each further attempt; the last goes on. SQS delays by 15 minutes at most. */
const WAITS = [60, 120, 240, 480, 900];

/** With these waits, five hours: a registry that is down for longer is for a person to look at. */
const REGISTRY_ATTEMPTS = 24;

/** What was announced a moment ago may be some seconds late in every part of the registry. */
const GONE_ATTEMPTS = 3;

/**
 * Indexes a pushed image and sends it on to be assessed; of what is attached to an image, keeps the VEX. What cannot be read for good is written
 * down, for the night to tell; what cannot be read now comes again later. Why not by the queue's
 * own receipts: docs/decisions/010-a-push-that-cannot-be-read.md.
 *
 * @throws MalformedEventError; as `indexImage`, when the image is not at fault or patience has ended
 */
export async function indexPush(ports: IndexPushPorts, message: PushMessage): Promise<void> {
  const push = parsePushEvent(message.body);
  if (push) return tryNowOrLater(ports, message, push, () => indexAndSend(ports, push));
  const attachment = parseAttachmentEvent(message.body);
  if (!attachment) return;
  await tryNowOrLater(ports, message, attachment, () => keepAttachment(ports, attachment));
}

async function indexAndSend(ports: IndexPushPorts, push: PushEvent): Promise<void> {
  const { registry, repository, tag, digest } = push;
  const failure = await tryToIndex(ports, { reference: { registry, repository, tag }, digest });
  if (failure) ports.log.warn('pushed image cannot be read', { ...failure });
  else await ports.assessQueue.send(push);
}

/** It counts from the next night on, as what is written in a file does. */
async function keepAttachment(
  { images, objects, log }: IndexPushPorts,
  { registry, repository, digest: manifest, to }: AttachmentEvent,
): Promise<void> {
  try {
    const read = await readLaterVex(images, { registry, repository }, { manifest, to });
    if (!read) return;
    await keepVex(objects, laterVexKey(read.to, manifest), read.vex);
    log.info('VEX kept', { repository, to: read.to, statements: read.vex.statements.length });
  } catch (error) {
    if (faultOf(error) !== 'image') throw error;
    log.warn('pushed attachment cannot be read', { repository, manifest, error: String(error) });
  }
}

async function tryNowOrLater(
  ports: IndexPushPorts,
  message: PushMessage,
  { repository, digest }: Pick<PushEvent, 'repository' | 'digest'>,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    const { attempt } = message;
    const fields = { repository, digest, attempt, error: String(error) };
    const fault = faultOf(error);
    if (fault === 'gone' && attempt + 1 >= GONE_ATTEMPTS) {
      ports.log.warn('pushed image is gone', fields);
      return;
    }
    const isLast = fault === 'ours' || attempt + 1 >= REGISTRY_ATTEMPTS;
    if (isLast) throw error;
    ports.log.warn('pushed image comes again later', fields);
    await ports.pushQueue.sendLater(
      { ...message, attempt: attempt + 1 },
      WAITS[Math.min(attempt, WAITS.length - 1)] ?? 0,
    );
  }
}
