import { Duration } from 'aws-cdk-lib';
import {
  type Alarm,
  ComparisonOperator,
  Metric,
  type MetricOptions,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';

export interface AlarmsProps {
  /** Queues in which nothing should be. */
  readonly deadLetters: readonly Queue[];
  /** Whether there are tags to look at every hour. */
  readonly watchesTags: boolean;
}

/** Tells who runs Tidewatch that it needs help; apart from the alerts, which are about images. */
export class Alarms extends Construct {
  /** Where the alarms go. */
  readonly topic: Topic;

  constructor(scope: Construct, id: string, { deadLetters, watchesTags }: AlarmsProps) {
    super(scope, id);
    this.topic = new Topic(this, 'Operations', {
      displayName: 'Tidewatch operations',
      enforceSSL: true,
    });
    this.topic.grantPublish(new ServicePrincipal('cloudwatch.amazonaws.com'));

    for (const queue of deadLetters) this.watchDeadLetters(queue);
    this.watchNights();
    this.watchDelivery();
    if (watchesTags) this.watchLooks();
  }

  private watchDeadLetters(queue: Queue): void {
    const name = queue.node.path.split('/').slice(1).join('-');
    this.notify(
      queue
        .metricApproximateNumberOfMessagesVisible({
          period: Duration.minutes(5),
          statistic: 'Maximum',
        })
        .createAlarm(this, `${name.replaceAll('-', '')}NotEmpty`, {
          alarmDescription: `${name}: something could not be handled. See docs/runbook.md#dead-letters`,
          threshold: 1,
          evaluationPeriods: 1,
          comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
          treatMissingData: TreatMissingData.NOT_BREACHING,
        }),
    );
  }

  /** A night that does not come is the one failure that nothing reports. */
  private watchNights(): void {
    this.notify(
      metricOf('NightsCommitted', { period: Duration.hours(1) }).createAlarm(this, 'NoNight', {
        alarmDescription: 'no night was committed for 26 hours. See docs/runbook.md#no-night',
        threshold: 1,
        evaluationPeriods: 26,
        comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
        treatMissingData: TreatMissingData.BREACHING,
      }),
    );
  }

  private watchDelivery(): void {
    this.notify(
      metricOf('AlertsUndelivered', { period: Duration.minutes(5) }).createAlarm(
        this,
        'AlertsUndelivered',
        {
          alarmDescription:
            'alerts are pending for 30 minutes. See docs/runbook.md#alerts-undelivered',
          threshold: 1,
          evaluationPeriods: 6,
          comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
          treatMissingData: TreatMissingData.NOT_BREACHING,
        },
      ),
    );
  }

  /** Counts tags that answered: an hour in which no registry did is one without a look. */
  private watchLooks(): void {
    this.notify(
      metricOf('TagsWatched', { period: Duration.hours(1) }).createAlarm(this, 'NoLook', {
        alarmDescription:
          'no watched tag was looked at for 3 hours. See docs/runbook.md#watched-tags-not-looked-at',
        threshold: 1,
        evaluationPeriods: 3,
        comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
        treatMissingData: TreatMissingData.BREACHING,
      }),
    );
  }

  private notify(alarm: Alarm): void {
    alarm.addAlarmAction(new SnsAction(this.topic));
  }
}

/** A metric that the functions write (`lambda/shared/telemetry.ts`). */
function metricOf(metricName: string, options: MetricOptions): Metric {
  return new Metric({
    namespace: 'Tidewatch',
    metricName,
    dimensionsMap: { service: 'tidewatch' },
    statistic: 'Sum',
    ...options,
  });
}
