import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import type { PeopleTopic } from '../../actions/ports.ts';
import type { Told } from '../../core/alert/alert.ts';
import { composeChat } from '../../core/alert/chat-notification.ts';
import { composeMail } from '../../core/alert/mail.ts';

interface SnsPeopleTopicOptions {
  readonly client: SNSClient;
  readonly topicArn: string;
}

/**
 * Publishes each alert once, with a body by protocol: a chat client's webhook gets the
 * notification that it renders, everybody else (mail) plain text.
 */
export function createSnsPeopleTopic({ client, topicArn }: SnsPeopleTopicOptions): PeopleTopic {
  return {
    async publish(told) {
      const { subject, text } = composeMail(told);
      await client.send(
        new PublishCommand({
          TopicArn: topicArn,
          Subject: subject,
          MessageStructure: 'json',
          Message: formatPeopleMessage(told, text),
        }),
      );
    },
  };
}

/** https://docs.aws.amazon.com/sns/latest/api/API_Publish.html: `default` is there, each body is a string. */
function formatPeopleMessage(told: Told, text: string): string {
  return JSON.stringify({ default: text, https: JSON.stringify(composeChat(told)) });
}
