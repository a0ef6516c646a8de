import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import type { AlertTopic } from '../../actions/ports.ts';
import { formatAlertMessage } from './alert-message.ts';

interface SnsAlertTopicOptions {
  readonly client: SNSClient;
  readonly topicArn: string;
}

/**
 * Publishes each alert as JSON, for machines. The attributes `kind`, `severity` and `cause`
 * serve the subscribers' filter policies.
 */
export function createSnsAlertTopic({ client, topicArn }: SnsAlertTopicOptions): AlertTopic {
  return {
    async publish(alert, report) {
      await client.send(
        new PublishCommand({
          TopicArn: topicArn,
          Message: formatAlertMessage(alert, report),
          MessageAttributes: {
            kind: { DataType: 'String', StringValue: alert.kind },
            severity: { DataType: 'String', StringValue: alert.severity },
            cause: { DataType: 'String', StringValue: alert.cause },
          },
        }),
      );
    },
  };
}
