import { receiveAlerts, receiveMails } from '../../local/cloud/subscriber.ts';
import { channelQueue, type InsideClients, subscribeQueue } from '../cloud/make-resources.ts';
import { arnIn, type Place, queueUrlIn } from '../template/place.ts';
import type { StackModel } from '../template/stack-model.ts';

/** Those who read what is told. */
export interface Subscribers {
  /** Ids of what machines were told since the last time, in order. */
  receiveAlerts(): Promise<readonly string[]>;
  /** Takes what was said in the channels of Slack since the last time. */
  listen(): Promise<void>;
  /** How much was said so far in the channel in which least was said. */
  said(): number;
}

const MACHINE = 'somebody-who-reads';
const OPERATOR = 'somebody-who-runs-it';

/** Subscribes as the README tells people to: by what the stack puts out. */
export async function subscribe(
  { outputs, channels }: StackModel,
  clients: Pick<InsideClients, 'sns' | 'sqs'>,
  place: Place,
): Promise<Subscribers> {
  await subscribeQueue(MACHINE, [String(outputs.AlertsTopic)], clients);
  await subscribeQueue(OPERATOR, [String(outputs.OperationsTopic)], clients);
  const said = new Map(channels.map(({ logicalId }) => [logicalId, 0]));
  const queueOf = (name: string) => ({
    arn: arnIn(place, 'sqs', name),
    url: queueUrlIn(place, name),
  });
  return {
    async receiveAlerts() {
      const alerts = await receiveAlerts(clients.sqs, queueOf(MACHINE));
      return alerts.map(({ alertId }) => alertId);
    },
    async listen() {
      for (const { logicalId } of channels) {
        const lines = await receiveMails(clients.sqs, queueOf(channelQueue(logicalId)));
        said.set(logicalId, (said.get(logicalId) ?? 0) + lines.length);
      }
    },
    said: () => Math.min(...said.values()),
  };
}
