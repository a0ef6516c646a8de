import type { Alert } from '../core/alert/alert.ts';
import type { AlertTopic, Clock, Log, ObjectStore, StateStore } from './ports.ts';
import { RUN_FORMATS } from './read-run.ts';
import { readObject } from './stored-objects.ts';

export interface PublishPorts {
  readonly state: Pick<StateStore, 'isDelivered' | 'markDelivered'>;
  readonly topic: AlertTopic;
  readonly clock: Clock;
  readonly log: Log;
}

export interface DeliverPorts extends PublishPorts {
  readonly state: StateStore;
  readonly objects: ObjectStore;
}

/** What a sweep did; what failed stays pending. */
export interface Delivered {
  readonly delivered: number;
  readonly failed: number;
}

/**
 * Delivers every pending alert: those of heads, then those of runs. An alert is
 * pending until the topic has taken it; a crash between taking and marking tells it
 * twice under the same id, never not at all.
 */
export async function deliverAlerts(ports: DeliverPorts): Promise<Delivered> {
  let delivered = 0;
  let failed = 0;
  const add = (outcome: Delivered) => {
    delivered += outcome.delivered;
    failed += outcome.failed;
  };
  for (const head of await ports.state.pendingHeads()) add(await deliverHead(ports, head.channel));
  add(await deliverRuns(ports));
  return { delivered, failed };
}

/** Delivers what one head has pending; called right after a push, too. */
export async function deliverHead(ports: DeliverPorts, channel: string): Promise<Delivered> {
  // The index that found it may lag: the head itself tells.
  const head = await ports.state.head(channel);
  if (!head || head.pending.length === 0) return { delivered: 0, failed: 0 };
  const outcome = await publishAll(ports, head.pending);
  const left = head.pending.filter((alert) => outcome.left.has(alert.alertId));
  const settled = { ...head, revision: head.revision + 1, pending: left };
  if (left.length < head.pending.length && !(await ports.state.commitHead(settled))) {
    // A push came between: its pending list still holds these, marked as delivered.
    ports.log.info('head changed while delivering', { channel });
  }
  return outcome;
}

async function deliverRuns(ports: DeliverPorts): Promise<Delivered> {
  const pointer = await ports.state.runPointer();
  if (!pointer || pointer.pending.length === 0) return { delivered: 0, failed: 0 };
  let delivered = 0;
  let failed = 0;
  const left: string[] = [];
  for (const key of pointer.pending) {
    const alerts = await readObject<readonly Alert[]>(ports.objects, RUN_FORMATS.alerts, key);
    const outcome = await publishAll(ports, alerts);
    delivered += outcome.delivered;
    failed += outcome.failed;
    if (outcome.failed > 0) left.push(key);
  }
  const settled = { ...pointer, revision: pointer.revision + 1, pending: left };
  if (left.length < pointer.pending.length && !(await ports.state.commitRunPointer(settled))) {
    ports.log.info('run moved while delivering', { runId: pointer.runId });
  }
  return { delivered, failed };
}

interface Published extends Delivered {
  /** Ids that could not be told. */
  readonly left: ReadonlySet<string>;
}

/** Tells what was not told before; an alert that the topic does not take is left, for whoever comes next. */
export async function publishAll(
  ports: PublishPorts,
  alerts: readonly Alert[],
): Promise<Published> {
  const left = new Set<string>();
  let delivered = 0;
  for (const alert of alerts) {
    try {
      if (await publishOnce(ports, alert)) delivered++;
    } catch (error) {
      // It stays pending: the next sweep tries again.
      left.add(alert.alertId);
      ports.log.warn('alert not delivered', { alertId: alert.alertId, error: String(error) });
    }
  }
  return { delivered, failed: left.size, left };
}

async function publishOnce({ state, topic, clock }: PublishPorts, alert: Alert): Promise<boolean> {
  if (await state.isDelivered(alert.alertId)) return false;
  await topic.publish(alert);
  await state.markDelivered(alert.alertId, clock.now().toISOString());
  return true;
}
