import { SubscribeCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand } from '@aws-sdk/client-sqs';
import { receiveAlerts } from '../../local/cloud/subscriber.ts';
import { emulatorArn } from '../cloud/emulators.ts';
import type { InsideClients } from '../cloud/make-resources.ts';
import { arnIn, type Place, queueUrlIn } from '../template/place.ts';

/** A queue of somebody who reads the alerts. */
export interface Subscriber {
  /** Ids of what was told since the last time, in order. */
  receive(): Promise<readonly string[]>;
}

const NAME = 'somebody-who-reads';

/** Subscribes to a topic as the README tells people to: by what the stack puts out. */
export async function subscribeTo(
  topicArn: string,
  { sns, sqs }: Pick<InsideClients, 'sns' | 'sqs'>,
  place: Place,
): Promise<Subscriber> {
  const arn = arnIn(place, 'sqs', NAME);
  await sqs.send(new CreateQueueCommand({ QueueName: NAME }));
  await sns.send(
    new SubscribeCommand({
      TopicArn: emulatorArn(topicArn),
      Protocol: 'sqs',
      Endpoint: emulatorArn(arn),
      Attributes: { RawMessageDelivery: 'true' },
    }),
  );
  return {
    async receive() {
      const alerts = await receiveAlerts(sqs, { arn, url: queueUrlIn(place, NAME) });
      return alerts.map(({ alertId }) => alertId);
    },
  };
}
