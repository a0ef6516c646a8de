import type { Audience, Told } from '../core/alert/alert.ts';
import { runOfKey } from '../core/run/run.ts';
import type {
  AlertTopic,
  Clock,
  Log,
  ObjectStore,
  PeopleTopic,
  Reports,
  StateStore,
} from './ports.ts';
import { RUN_FORMATS } from './read-run.ts';
import { readObject } from './stored-objects.ts';

export interface PublishPorts {
  readonly state: Pick<StateStore, 'isDelivered' | 'markDelivered'>;
  readonly topic: AlertTopic;
  readonly people: PeopleTopic;
  readonly clock: Clock;
  readonly log: Log;
}

export interface DeliverPorts extends PublishPorts {
  readonly state: StateStore;
  readonly objects: ObjectStore;
}

export interface SweepPorts extends DeliverPorts {
  readonly reports: Reports;
}

/** What a sweep did; what failed stays pending. */
export interface Delivered {
  readonly delivered: number;
  readonly failed: number;
}

/**
 * Delivers every pending alert: those of heads, then those of runs. An alert is
 * pending until every audience has taken it, each marked for itself; a crash between
 * taking and marking tells it twice under the same id, never not at all.
 */
export async function deliverAlerts(ports: SweepPorts): Promise<Delivered> {
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
  const outcome = await publishAll(ports, head.pending, null);
  const left = head.pending.filter((alert) => outcome.left.has(alert.alertId));
  const settled = { ...head, revision: head.revision + 1, pending: left };
  if (left.length < head.pending.length && !(await ports.state.commitHead(settled))) {
    // A push came between: its pending list still holds these, marked as delivered.
    ports.log.info('head changed while delivering', { channel });
  }
  return outcome;
}

async function deliverRuns(ports: SweepPorts): Promise<Delivered> {
  const pointer = await ports.state.runPointer();
  if (!pointer || pointer.pending.length === 0) return { delivered: 0, failed: 0 };
  let delivered = 0;
  let failed = 0;
  const left: string[] = [];
  for (const key of pointer.pending) {
    const alerts = await readObject<readonly Told[]>(ports.objects, RUN_FORMATS.alerts, key);
    // Perhaps an earlier night's, which nobody could be told until now.
    const runId = runOfKey(key);
    const report = runId && ports.reports.addressOf(runId);
    const outcome = await publishAll(ports, alerts, report);
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
  /** Ids that somebody could not be told. */
  readonly left: ReadonlySet<string>;
}

/** Tells what was not told before; what an audience does not take is left, for whoever comes next. */
export async function publishAll(
  ports: PublishPorts,
  all: readonly Told[],
  report: string | null,
): Promise<Published> {
  const left = new Set<string>();
  let delivered = 0;
  for (const told of all) {
    const outcomes = [];
    for (const audience of audiencesOf(told)) {
      outcomes.push(await tryTell(ports, told, report, audience));
    }
    // What failed stays pending: the next sweep tries again, with those alone that have not heard.
    if (outcomes.includes('failed')) left.add(told.alertId);
    else if (outcomes.includes('told')) delivered++;
  }
  return { delivered, failed: left.size, left };
}

/** Whether every audience has taken an alert. */
export async function isToldToAll(
  state: Pick<StateStore, 'isDelivered'>,
  alertId: string,
): Promise<boolean> {
  for (const audience of ALL) {
    if (!(await state.isDelivered(alertId, audience))) return false;
  }
  return true;
}

const ALL: readonly Audience[] = ['machines', 'people'];

/** A quiet night is no news for a machine. */
function audiencesOf({ kind }: Told): readonly Audience[] {
  return kind === 'notice' ? ['people'] : ALL;
}

/** One audience's failure does not keep it from the other. */
async function tryTell(
  ports: PublishPorts,
  told: Told,
  report: string | null,
  audience: Audience,
): Promise<'told' | 'known' | 'failed'> {
  const { state, clock, log } = ports;
  const { alertId } = told;
  try {
    if (await state.isDelivered(alertId, audience)) return 'known';
    await publish(ports, told, report, audience);
    await state.markDelivered(alertId, audience, clock.now().toISOString());
    return 'told';
  } catch (error) {
    log.warn('alert not delivered', { alertId, audience, error: String(error) });
    return 'failed';
  }
}

async function publish(
  { topic, people }: PublishPorts,
  told: Told,
  report: string | null,
  audience: Audience,
) {
  if (audience === 'people') return people.publish(told, report);
  if (told.kind !== 'notice') return topic.publish(told, report);
}
