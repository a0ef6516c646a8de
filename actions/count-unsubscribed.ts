import type { Log, Subscriptions } from './ports.ts';

export interface SubscriptionPorts {
  readonly subscriptions: Subscriptions;
  readonly log: Log;
}

/** How many topics nobody listens to; `null` when that could not be found out, which no alert has to wait for. */
export async function countUnsubscribed({
  subscriptions,
  log,
}: SubscriptionPorts): Promise<number | null> {
  try {
    const missing = await subscriptions.missing();
    if (missing.length > 0) log.warn('nobody has subscribed', { topics: missing });
    return missing.length;
  } catch (error) {
    log.warn('subscriptions not counted', { error: String(error) });
    return null;
  }
}
