import { GetTopicAttributesCommand, type SNSClient } from '@aws-sdk/client-sns';
import type { Subscriptions } from '../../actions/ports.ts';

/** SNS did not say how many subscriptions a topic has. */
export class UncountedSubscriptionsError extends Error {
  override readonly name = 'UncountedSubscriptionsError';
}

/** Counts the confirmed subscriptions of topics; a topic is named as its ARN ends. */
export function createSnsSubscriptions(
  client: SNSClient,
  topicArns: readonly string[],
): Subscriptions {
  return {
    async missing() {
      const counts = await Promise.all(topicArns.map((arn) => countConfirmed(client, arn)));
      return topicArns.flatMap((arn, index) =>
        counts[index] === 0 ? [arn.slice(arn.lastIndexOf(':') + 1)] : [],
      );
    },
  };
}

async function countConfirmed(client: SNSClient, topicArn: string): Promise<number> {
  const { Attributes } = await client.send(new GetTopicAttributesCommand({ TopicArn: topicArn }));
  const count = Attributes?.SubscriptionsConfirmed;
  if (count === undefined || !/^\d+$/.test(count)) {
    throw new UncountedSubscriptionsError(`${topicArn}: ${JSON.stringify(count)}`);
  }
  return Number(count);
}
