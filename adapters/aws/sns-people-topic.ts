import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import type { PeopleTopic } from '../../actions/ports.ts';
import type { Told } from '../../core/alert/alert.ts';
import { composeChat } from '../../core/alert/chat-notification.ts';
import { composeMail } from '../../core/alert/mail.ts';
import { type MessageFrame, senderOf } from '../../core/alert/sender.ts';

interface SnsPeopleTopicOptions {
  readonly client: SNSClient;
  readonly topicArn: string;
  /** The stack whose topic it is; `null` where there is none. */
  readonly stack: string | null;
}

/**
 * Publishes each alert once, with a body by protocol: a chat client's webhook gets the
 * notification that it renders, everybody else (mail) plain text.
 */
export function createSnsPeopleTopic({
  client,
  topicArn,
  stack,
}: SnsPeopleTopicOptions): PeopleTopic {
  const sender = senderOf(stack);
  return {
    async publish(told, report) {
      const frame = { sender, report };
      const { subject, text } = composeMail(told, frame);
      await client.send(
        new PublishCommand({
          TopicArn: topicArn,
          Subject: subject,
          MessageStructure: 'json',
          Message: formatPeopleMessage(told, text, frame),
        }),
      );
    },
  };
}

/** https://docs.aws.amazon.com/sns/latest/api/API_Publish.html: `default` is there, each body is a string. */
function formatPeopleMessage(told: Told, text: string, frame: MessageFrame): string {
  return JSON.stringify({ default: text, https: JSON.stringify(composeChat(told, frame)) });
}
