import { Duration, Size, Stack } from 'aws-cdk-lib';
import { Rule } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import type { Topic } from 'aws-cdk-lib/aws-sns';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { AssessPushEnvironment } from '../lambda/assess-push/environment.ts';
import type { IndexImageEnvironment } from '../lambda/index-image/environment.ts';
import { allow } from './allow.ts';
import { createDeadLetters } from './dead-letters.ts';
import { thresholdsOf } from './night-variables.ts';
import { otherRegistriesOf } from './other-registries.ts';
import { excludePulls, grantPull, grantResolve } from './registry-access.ts';
import { grantRegistrySecrets, registryVariables } from './registry-secrets.ts';
import type { Store } from './store.ts';
import type { TidewatchConfig } from './tidewatch-config.ts';
import { TypedFunction } from './typed-function.ts';
import { WorkQueue } from './work-queue.ts';

export interface PushPipelineProps {
  readonly store: Store;
  /** Told what a push brought: machines, and people. */
  readonly alerts: Topic;
  readonly people: Topic;
  readonly config: TidewatchConfig;
}

/** A push of an image makes an event for each platform and tag: most of them come in one batch. */
const BATCH_WINDOW = Duration.seconds(5);

/** Three layers are read at once, each with one archive of up to 512 MiB that has to be seen to its end. */
const SCRATCH_STORAGE = Size.gibibytes(2);

/** What a person has to see comes soon: what only needs time is put off as another message. */
const PUSH_RECEIVES = 3;

/**
 * A receipt every twelve minutes, for five hours: DynamoDB, S3 or a registry that throttles for
 * longer is for a person to look at (docs/decisions/010-a-push-that-cannot-be-read.md).
 */
const ASSESS_RECEIVES = 25;

/** From ECR's event to the alert: rule, queue, index, queue, assess. */
export class PushPipeline extends Construct {
  /** The only function that reads images' bytes; the night uses it too. */
  readonly indexImage: TypedFunction<IndexImageEnvironment>;
  /** Pushes that are being handled. */
  readonly workQueues: readonly Queue[];
  /** Pushes that could not be handled. */
  readonly deadLetters: readonly Queue[];

  constructor(scope: Construct, id: string, props: PushPipelineProps) {
    super(scope, id);
    const indexTimeout = Duration.minutes(15);
    const assessTimeout = Duration.minutes(2);
    const pushed = new WorkQueue(this, 'PushedImages', {
      consumerTimeout: indexTimeout,
      receives: PUSH_RECEIVES,
    });
    const indexed = new WorkQueue(this, 'IndexedImages', {
      consumerTimeout: assessTimeout,
      receives: ASSESS_RECEIVES,
    });
    const undelivered = createDeadLetters(this, 'UndeliveredEvents');
    this.workQueues = [pushed.queue, indexed.queue];
    this.deadLetters = [pushed.deadLetters, indexed.deadLetters, undelivered];

    new Rule(this, 'ImagePushed', {
      description: 'Images pushed to ECR, or replicated to here',
      // What of it is an image with a tag says `core/image/push-event.ts`: fields may be missing.
      eventPattern: {
        source: ['aws.ecr'],
        detailType: ['ECR Image Action', 'ECR Replication Action'],
        detail: { 'action-type': ['PUSH', 'REPLICATE'], result: ['SUCCESS'] },
      },
      targets: [new SqsQueue(pushed.queue, { deadLetterQueue: undelivered })],
    });
    this.indexImage = this.createIndexImage(props, indexTimeout, {
      pushed: pushed.queue,
      indexed: indexed.queue,
    });
    pushed.feed(this.indexImage, { batchWindow: BATCH_WINDOW });
    indexed.feed(this.createAssessPush(props, assessTimeout));
  }

  private createIndexImage(
    { store, config }: PushPipelineProps,
    timeout: Duration,
    { pushed, indexed }: { readonly pushed: Queue; readonly indexed: Queue },
  ) {
    const indexImage = new TypedFunction<IndexImageEnvironment>(this, 'IndexImage', {
      folder: 'index-image',
      description: 'Reads images into captures and inventories',
      timeout,
      memorySize: 2048,
      ephemeralStorageSize: SCRATCH_STORAGE,
      environment: {
        STATE_TABLE: store.table.tableName,
        OBJECTS_BUCKET: store.bucket.bucketName,
        PUSH_QUEUE_URL: pushed.queueUrl,
        ASSESS_QUEUE_URL: indexed.queueUrl,
        ...registryVariables(config),
      },
    });
    store.grant(indexImage, {
      read: ['captures', 'inventories', 'images', 'failures', 'runs/*/work'],
      write: ['captures', 'inventories', 'images', 'failures', 'fleet', 'runs/*/work'],
    });
    store.grantLeases(indexImage);
    allow(indexImage, ['sqs:SendMessage'], [pushed.queueArn, indexed.queueArn]);
    grantPull(indexImage, otherRegistriesOf(config));
    grantRegistrySecrets(indexImage, config);
    excludePulls(indexImage);
    return indexImage;
  }

  private createAssessPush(
    { store, alerts, people, config }: PushPipelineProps,
    timeout: Duration,
  ) {
    const assessPush = new TypedFunction<AssessPushEnvironment>(this, 'AssessPush', {
      folder: 'assess-push',
      description: 'Compares a pushed image with what was there, and tells what it brought',
      timeout,
      memorySize: 1024,
      environment: {
        STATE_TABLE: store.table.tableName,
        OBJECTS_BUCKET: store.bucket.bucketName,
        ALERTS_TOPIC_ARN: alerts.topicArn,
        PEOPLE_TOPIC_ARN: people.topicArn,
        STACK_NAME: Stack.of(this).stackName,
        ...thresholdsOf(config),
        ...registryVariables(config),
      },
    });
    store.grant(assessPush, {
      read: ['images', 'inventories', 'snapshots', 'heads', 'runs', 'suppressions'],
      write: ['heads'],
      state: ['GetItem', 'PutItem'],
    });
    alerts.grantPublish(assessPush);
    people.grantPublish(assessPush);
    grantResolve(assessPush);
    grantRegistrySecrets(assessPush, config);
    return assessPush;
  }
}
