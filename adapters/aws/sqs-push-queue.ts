import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { PushQueue } from '../../actions/ports.ts';

/** The message attribute that counts how often an event was put off. */
export const ATTEMPT = 'attempt';

interface SqsPushQueueOptions {
  readonly client: SQSClient;
  readonly queueUrl: string;
}

/** Puts an event into its queue once more, as a delayed message that counts its attempts. */
export function createSqsPushQueue({ client, queueUrl }: SqsPushQueueOptions): PushQueue {
  return {
    async sendLater({ body, attempt }, seconds) {
      await client.send(
        new SendMessageCommand({
          QueueUrl: queueUrl,
          MessageBody: body,
          DelaySeconds: seconds,
          MessageAttributes: { [ATTEMPT]: { DataType: 'Number', StringValue: String(attempt) } },
        }),
      );
    },
  };
}
