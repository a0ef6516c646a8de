import { Duration, Stack } from 'aws-cdk-lib';
import { Schedule, ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { DeliverAlertsEnvironment } from '../lambda/deliver-alerts/environment.ts';
import { acknowledge, resourceFinding } from './acknowledge.ts';
import { allow } from './allow.ts';
import { createDeadLetters } from './dead-letters.ts';
import type { Store } from './store.ts';
import type { TidewatchConfig } from './tidewatch-config.ts';
import { TypedFunction } from './typed-function.ts';

export interface AlertDeliveryProps {
  readonly store: Store;
  readonly config: TidewatchConfig;
  /** Watched for subscribers, as the topics of the alerts are. */
  readonly operations: Topic;
}

/** The topics of machines and of people, and the sweep that tells what is still pending. */
export class AlertDelivery extends Construct {
  /** For machines: JSON. */
  readonly topic: Topic;
  /** For people: chat and mail. */
  readonly people: Topic;
  readonly deliverAlerts: TypedFunction<DeliverAlertsEnvironment>;
  /** Sweeps that could not be started. */
  readonly deadLetters: Queue;

  constructor(scope: Construct, id: string, props: AlertDeliveryProps) {
    super(scope, id);
    this.topic = new Topic(this, 'Alerts', { displayName: 'Tidewatch alerts', enforceSSL: true });
    this.people = new Topic(this, 'People', { displayName: 'Tidewatch', enforceSSL: true });
    this.deadLetters = createDeadLetters(this, 'MissedSweeps');
    this.deliverAlerts = this.createDeliverAlerts(props);
    this.sweep();
  }

  private createDeliverAlerts({ store, config, operations }: AlertDeliveryProps) {
    const topics = { machines: this.topic, people: this.people, operations };
    const watched = config.alarms.subscribers.map((name) => topics[name].topicArn);
    const deliverAlerts = new TypedFunction<DeliverAlertsEnvironment>(this, 'DeliverAlerts', {
      folder: 'deliver-alerts',
      description: 'Delivers every alert that is pending',
      timeout: Duration.minutes(4),
      deadLetterQueue: this.deadLetters,
      environment: {
        STATE_TABLE: store.table.tableName,
        OBJECTS_BUCKET: store.bucket.bucketName,
        ALERTS_TOPIC_ARN: this.topic.topicArn,
        PEOPLE_TOPIC_ARN: this.people.topicArn,
        STACK_NAME: Stack.of(this).stackName,
        SUBSCRIBED_TOPICS: watched.join(','),
      },
    });
    store.grant(deliverAlerts, { read: ['runs'], state: ['GetItem', 'PutItem'] });
    store.grantPendingHeads(deliverAlerts);
    this.topic.grantPublish(deliverAlerts);
    this.people.grantPublish(deliverAlerts);
    allow(deliverAlerts, ['sns:GetTopicAttributes'], watched);
    return deliverAlerts;
  }

  private sweep(): void {
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
