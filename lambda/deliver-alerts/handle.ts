import { countUnsubscribed, type SubscriptionPorts } from '../../actions/count-unsubscribed.ts';
import { type Delivered, deliverAlerts, type SweepPorts } from '../../actions/deliver-alerts.ts';

/** What a sweep did and saw. */
export interface Swept extends Delivered {
  /** Topics that nobody listens to; `null` when they could not be asked. */
  readonly unsubscribed: number | null;
}

/** Delivers all that is pending, then looks whether anybody hears it: every few minutes, and as the night's step. */
export function handleDeliverAlerts(ports: SweepPorts & SubscriptionPorts) {
  return async (): Promise<Swept> => ({
    ...(await deliverAlerts(ports)),
    unsubscribed: await countUnsubscribed(ports),
  });
}
