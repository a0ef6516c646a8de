import { Duration } from 'aws-cdk-lib';
import { type IMetric, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { Topic } from 'aws-cdk-lib/aws-sns';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { TidewatchConfig } from './tidewatch-config.ts';

/** What is watched. */
export interface Watched {
  readonly config: TidewatchConfig;
  readonly operations: Topic;
  readonly alerts: Topic;
  readonly people: Topic;
  /** Queues that functions work off. */
  readonly workQueues: ReadonlyMap<string, Queue>;
  /** Queues in which nothing should be. */
  readonly deadLetters: ReadonlyMap<string, Queue>;
}

/** The section of docs/runbook.md that says what to do. */
export type RunbookSection =
  | 'dead-letters'
  | 'no-night'
  | 'incomplete-nights'
  | 'feeds-held'
  | 'alerts-undelivered'
  | 'nobody-subscribed'
  | 'failed-notifications'
  | 'pushes-waiting'
  | 'watched-tags-not-looked-at'
  | 'checks-failed';

/** One alarm. */
export interface AlarmSpec {
  readonly id: string;
  /** What is wrong, in words. */
  readonly says: string;
  readonly runbook: RunbookSection;
  readonly metric: IMetric;
  /** When to raise it: so many periods in a row, so much at least, or less than so much. */
  readonly when: { readonly periods: number } & (
    | { readonly atLeast: number }
    | { readonly lessThan: number }
  );
  /** What a period without data is. @default no breach */
  readonly missing?: TreatMissingData;
  /** Who is told. @default the operations topic */
  readonly tell?: readonly Topic[];
}

/**
 * Every alarm. A function's own errors are not among them: each function is started by a queue,
 * by a schedule or by the night, and what fails there for good is a dead letter.
 */
export function alarmsOf(watched: Watched): readonly AlarmSpec[] {
  return [
    ...deadLetters(watched),
    ...nights(watched),
    ...looks(watched),
    ...delivery(watched),
    ...pushes(watched),
    CHECKS_FAILED,
  ];
}

/** After a deployment, or when somebody asked. */
const CHECKS_FAILED: AlarmSpec = {
  id: 'ChecksFailed',
  says: 'a check of the doctor failed; npx tidewatch doctor says which',
  runbook: 'checks-failed',
  metric: metricOf('ChecksFailed', Duration.minutes(5), 'Maximum'),
  when: { periods: 1, atLeast: 1 },
};

function deadLetters({ deadLetters: queues }: Watched): AlarmSpec[] {
  return [...queues].map(([name, queue]) => ({
    id: `${name.replaceAll('-', '')}NotEmpty`,
    says: `${name}: something could not be handled`,
    runbook: 'dead-letters',
    metric: queue.metricApproximateNumberOfMessagesVisible({
      period: Duration.minutes(5),
      statistic: 'Maximum',
    }),
    when: { periods: 1, atLeast: 1 },
  }));
}

function nights({ config }: Watched): AlarmSpec[] {
  const { incompleteNights } = config.alarms;
  return [
    {
      // A night that does not come is the one failure that nothing reports.
      id: 'NoNight',
      says: 'no night has been committed for 26 hours',
      runbook: 'no-night',
      metric: metricOf('NightsCommitted', Duration.hours(1), 'Sum'),
      when: { periods: 26, lessThan: 1 },
      missing: TreatMissingData.BREACHING,
    },
    {
      id: 'IncompleteNights',
      says: `${incompleteNights} nights in a row did not see everything`,
      runbook: 'incomplete-nights',
      metric: metricOf('NightsIncomplete', Duration.days(1), 'Maximum'),
      when: { periods: incompleteNights, atLeast: 1 },
    },
    {
      id: 'FeedsHeld',
      says: 'a feed of advisories was held two nights in a row',
      runbook: 'feeds-held',
      metric: metricOf('FeedsHeld', Duration.days(1), 'Maximum'),
      when: { periods: 2, atLeast: 1 },
    },
  ];
}

/** Counts tags that answered: an hour in which no registry did is one without a look. */
function looks({ config }: Watched): AlarmSpec[] {
  if (config.watchedTags.length === 0) return [];
  return [
    {
      id: 'NoLook',
      says: 'for 3 hours no watched tag told where it points',
      runbook: 'watched-tags-not-looked-at',
      metric: metricOf('TagsWatched', Duration.hours(1), 'Sum'),
      when: { periods: 3, lessThan: 1 },
      missing: TreatMissingData.BREACHING,
    },
  ];
}

function delivery({ config, operations, alerts, people }: Watched): AlarmSpec[] {
  const failed = (id: string, topic: Topic, name: string, tell: Topic): AlarmSpec => ({
    id: `${id}Notifications`,
    says: `SNS could not deliver to a subscription of the ${name} topic`,
    runbook: 'failed-notifications',
    metric: topic.metricNumberOfNotificationsFailed({
      period: Duration.minutes(5),
      statistic: 'Sum',
    }),
    when: { periods: 1, atLeast: 1 },
    // Not through the topic that fails.
    tell: [tell],
  });
  const unsubscribed: AlarmSpec = {
    id: 'NobodySubscribed',
    says: 'for an hour a topic had no confirmed subscription, or the sweep that looks did not run',
    runbook: 'nobody-subscribed',
    metric: metricOf('TopicsUnsubscribed', Duration.minutes(5), 'Maximum'),
    when: { periods: 12, atLeast: 1 },
    missing: TreatMissingData.BREACHING,
    // One of the two may be the one that nobody hears.
    tell: [operations, people],
  };
  return [
    {
      id: 'AlertsUndelivered',
      says: 'alerts have been pending for 30 minutes',
      runbook: 'alerts-undelivered',
      metric: metricOf('AlertsUndelivered', Duration.minutes(5), 'Sum'),
      when: { periods: 6, atLeast: 1 },
    },
    ...(config.alarms.subscribers.length > 0 ? [unsubscribed] : []),
    failed('Alerts', alerts, 'machine', operations),
    failed('People', people, 'people', operations),
    failed('Operations', operations, 'operations', people),
  ];
}

/** Hours: a registry that throttles sends pushes back for a while. */
const WAITING_HOURS = 6;

function pushes({ workQueues }: Watched): AlarmSpec[] {
  return [...workQueues].map(([name, queue]) => ({
    id: `${name.replaceAll('-', '')}Waiting`,
    says: `${name}: a push has been waiting for ${WAITING_HOURS} hours`,
    runbook: 'pushes-waiting',
    metric: queue.metricApproximateAgeOfOldestMessage({
      period: Duration.minutes(5),
      statistic: 'Maximum',
    }),
    when: { periods: 1, atLeast: WAITING_HOURS * 60 * 60 },
  }));
}

/** A metric that the functions write (`lambda/shared/telemetry.ts`). */
function metricOf(metricName: string, period: Duration, statistic: string): Metric {
  const dimensionsMap = { service: 'tidewatch' };
  return new Metric({ namespace: 'Tidewatch', metricName, dimensionsMap, statistic, period });
}
