import { Duration, Stack } from 'aws-cdk-lib';
import { Schedule, ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { DeliverAlertsEnvironment } from '../lambda/deliver-alerts/environment.ts';
import { acknowledge, resourceFinding } from './acknowledge.ts';
import { createDeadLetters } from './dead-letters.ts';
import type { Store } from './store.ts';
import { TypedFunction } from './typed-function.ts';

export interface AlertDeliveryProps {
  readonly store: Store;
}

/** The topic that people subscribe to, and the sweep that tells what is still pending. */
export class AlertDelivery extends Construct {
  readonly topic: Topic;
  readonly deliverAlerts: TypedFunction<DeliverAlertsEnvironment>;
  /** Sweeps that could not be started. */
  readonly deadLetters: Queue;

  constructor(scope: Construct, id: string, { store }: AlertDeliveryProps) {
    super(scope, id);
    this.topic = new Topic(this, 'Alerts', { displayName: 'Tidewatch', enforceSSL: true });
    this.deadLetters = createDeadLetters(this, 'MissedSweeps');
    this.deliverAlerts = new TypedFunction<DeliverAlertsEnvironment>(this, 'DeliverAlerts', {
      folder: 'deliver-alerts',
      description: 'Delivers every alert that is pending',
      timeout: Duration.minutes(4),
      deadLetterQueue: this.deadLetters,
      environment: {
        STATE_TABLE: store.table.tableName,
        OBJECTS_BUCKET: store.bucket.bucketName,
        ALERTS_TOPIC_ARN: this.topic.topicArn,
      },
    });
    store.grant(this.deliverAlerts, { read: ['runs'], state: ['GetItem', 'PutItem'] });
    store.grantPendingHeads(this.deliverAlerts);
    this.topic.grantPublish(this.deliverAlerts);

    new Schedule(this, 'Sweep', {
      description: 'Delivers what is still pending',
      schedule: ScheduleExpression.rate(Duration.minutes(5)),
      target: new LambdaInvoke(this.deliverAlerts, {
        deadLetterQueue: this.deadLetters,
        // The next sweep does what this one could not.
        retryAttempts: 0,
        maxEventAge: Duration.minutes(5),
      }),
    });
    acknowledge(
      Stack.of(this),
      resourceFinding(this.deliverAlerts, ':*'),
      'the scheduler may start any version of the one function',
    );
  }
}
