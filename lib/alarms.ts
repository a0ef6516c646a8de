import { Alarm, ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { type AlarmSpec, alarmsOf, type Watched } from './alarm-list.ts';

export interface AlarmsProps extends Omit<Watched, 'workQueues' | 'deadLetters'> {
  /** Queues that functions work off. */
  readonly workQueues: readonly Queue[];
  /** Queues in which nothing should be. */
  readonly deadLetters: readonly Queue[];
}

/** Tells who runs Tidewatch that it needs help; apart from the alerts, which are about images. */
export class Alarms extends Construct {
  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    const { operations, people, workQueues, deadLetters } = props;
    for (const topic of [operations, people]) {
      topic.grantPublish(new ServicePrincipal('cloudwatch.amazonaws.com'));
    }
    const named = (queues: readonly Queue[]) =>
      new Map(queues.map((queue) => [nameWithin(scope, queue), queue]));
    const watched = { ...props, workQueues: named(workQueues), deadLetters: named(deadLetters) };
    for (const spec of alarmsOf(watched)) this.raise(spec, props);
  }

  private raise(spec: AlarmSpec, { operations }: AlarmsProps): void {
    const { id, says, runbook, metric, when, missing, tell = [operations] } = spec;
    const isAtLeast = 'atLeast' in when;
    const alarm = new Alarm(this, id, {
      alarmDescription: `${says}. See docs/runbook.md#${runbook}`,
      metric,
      evaluationPeriods: when.periods,
      threshold: isAtLeast ? when.atLeast : when.lessThan,
      comparisonOperator: isAtLeast
        ? ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD
        : ComparisonOperator.LESS_THAN_THRESHOLD,
      treatMissingData: missing ?? TreatMissingData.NOT_BREACHING,
    });
    alarm.addAlarmAction(...tell.map((topic) => new SnsAction(topic)));
  }
}

/** `Pushes-PushedImages-DeadLetters`: where it lies in Tidewatch. */
function nameWithin(scope: Construct, { node }: Queue): string {
  const ids = node.scopes.slice(scope.node.scopes.length).map((each) => each.node.id);
  // What a `WorkQueue` works off is called as itself.
  return ids.filter((id) => id !== 'Queue').join('-');
}
