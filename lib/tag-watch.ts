import { Duration, Stack } from 'aws-cdk-lib';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Schedule, ScheduleExpression, TimeWindow } from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import type { Topic } from 'aws-cdk-lib/aws-sns';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { WatchTagsEnvironment } from '../lambda/watch-tags/environment.ts';
import { acknowledge, resourceFinding } from './acknowledge.ts';
import { allow } from './allow.ts';
import { createDeadLetters } from './dead-letters.ts';
import { ecrRegistriesOf } from './elsewhere-config.ts';
import { grantResolve } from './registry-access.ts';
import { grantRegistrySecrets, registryVariables } from './registry-secrets.ts';
import type { Store } from './store.ts';
import type { TidewatchConfig } from './tidewatch-config.ts';
import { TypedFunction } from './typed-function.ts';

export interface TagWatchProps {
  readonly store: Store;
  /** Told of drifts. */
  readonly alerts: Topic;
  readonly people: Topic;
  /** Reads the images that watched tags moved to. */
  readonly indexImage: LambdaFunction;
  readonly config: TidewatchConfig;
}

/** The hourly look at the watched tags. */
export class TagWatch extends Construct {
  /** Looks that could not be started, or failed. */
  readonly deadLetters: Queue;

  constructor(scope: Construct, id: string, props: TagWatchProps) {
    super(scope, id);
    this.deadLetters = createDeadLetters(this, 'MissedLooks');
    const watchTags = this.createWatchTags(props);
    new Schedule(this, 'Hourly', {
      description: 'Looks at the watched tags',
      schedule: ScheduleExpression.rate(Duration.hours(1)),
      // Nobody has to ask every registry at the full hour.
      timeWindow: TimeWindow.flexible(Duration.minutes(15)),
      target: new LambdaInvoke(watchTags, {
        deadLetterQueue: this.deadLetters,
        // The next hour does what this one could not.
        retryAttempts: 0,
        maxEventAge: Duration.hours(1),
      }),
    });
    acknowledge(
      Stack.of(this),
      resourceFinding(watchTags, ':*'),
      'the scheduler may start any version of the one function',
    );
  }

  private createWatchTags({
    store,
    alerts,
    people,
    indexImage,
    config,
  }: TagWatchProps): LambdaFunction {
    const watchTags = new TypedFunction<WatchTagsEnvironment>(this, 'WatchTags', {
      folder: 'watch-tags',
      description: 'Hour: where the watched tags point, and what moved under them',
      // As long as the function that it waits for.
      timeout: Duration.minutes(15),
      deadLetterQueue: this.deadLetters,
      environment: {
        STATE_TABLE: store.table.tableName,
        OBJECTS_BUCKET: store.bucket.bucketName,
        ALERTS_TOPIC_ARN: alerts.topicArn,
        PEOPLE_TOPIC_ARN: people.topicArn,
        STACK_NAME: Stack.of(this).stackName,
        WATCHED_TAGS: config.watchedTags.join(','),
        BACKFILL_DAYS: String(config.backfillDays),
        INDEX_IMAGE_ARN: indexImage.functionArn,
        ...registryVariables(config),
      },
    });
    store.grant(watchTags, {
      read: ['images', 'inventories', 'runs', 'heads'],
      state: ['GetItem', 'PutItem', 'Query'],
    });
    allow(watchTags, ['lambda:InvokeFunction'], [indexImage.functionArn]);
    alerts.grantPublish(watchTags);
    people.grantPublish(watchTags);
    grantResolve(watchTags, ecrRegistriesOf(config.watchedTags));
    grantRegistrySecrets(watchTags, config);
    return watchTags;
  }
}
