import { Duration } from 'aws-cdk-lib';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import { createDeadLetters } from './dead-letters.ts';

export interface WorkQueueProps {
  /** Timeout of the function that will consume it. */
  readonly consumerTimeout: Duration;
  /** How often a message is received, each time when its visibility timeout is over. */
  readonly receives: number;
}

/** A queue whose messages are received so many times, then kept for a person. */
export class WorkQueue extends Construct {
  readonly queue: Queue;
  readonly deadLetters: Queue;

  constructor(scope: Construct, id: string, { consumerTimeout, receives }: WorkQueueProps) {
    super(scope, id);
    this.deadLetters = createDeadLetters(this, 'DeadLetters');
    this.queue = new Queue(this, 'Queue', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
      // AWS: at least six times the function's timeout.
      visibilityTimeout: Duration.seconds(6 * consumerTimeout.toSeconds()),
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: receives },
    });
  }

  /**
   * Hands the messages to a function, record by record as to failures.
   *
   * @param options.batchWindow how long a batch may wait for more. @default not at all
   */
  feed(consumer: LambdaFunction, options: { readonly batchWindow?: Duration } = {}): void {
    consumer.addEventSource(
      new SqsEventSource(this.queue, {
        batchSize: 5,
        ...(options.batchWindow && { maxBatchingWindow: options.batchWindow }),
        maxConcurrency: 10,
        reportBatchItemFailures: true,
      }),
    );
    acknowledge(
      consumer,
      'Serverless-LambdaEventSourceMappingDestination',
      'the queue itself keeps what failed too often',
    );
  }
}
