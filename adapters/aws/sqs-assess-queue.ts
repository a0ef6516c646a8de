import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { AssessQueue } from '../../actions/ports.ts';

interface SqsAssessQueueOptions {
  readonly client: SQSClient;
  readonly queueUrl: string;
}

/** Sends a pushed image on as one message, its JSON as the body. */
export function createSqsAssessQueue({ client, queueUrl }: SqsAssessQueueOptions): AssessQueue {
  return {
    async send(push) {
      await client.send(
        new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: JSON.stringify(push) }),
      );
    },
  };
}
