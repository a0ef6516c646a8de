import type { Message, SQSClient } from '@aws-sdk/client-sqs';
import type { Clock } from '../../actions/ports.ts';
import { createLambdaContext, type LambdaContext } from './lambda-context.ts';
import { type ProcessOutcome, runProcess } from './process.ts';
import { deleteBatch, receiveBatch, releaseBatch } from './sqs-batches.ts';
import { type SqsRecord, toSqsRecord } from './sqs-record.ts';
import type { EmbeddedQueue } from './start-messaging.ts';

/** `aws-lambda`'s `SQSBatchResponse`. */
export interface BatchResponse {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

// biome-ignore lint/suspicious/noConfusingVoidType: a handler without partial answers returns nothing.
export type SqsHandlerResult = BatchResponse | void;

export interface DrainQueueOptions {
  /** Uninstrumented: the mapping's own calls are AWS's, not the product's. */
  readonly sqs: SQSClient;
  readonly queue: EmbeddedQueue;
  readonly functionName: string;
  readonly handler: (
    event: { Records: SqsRecord[] },
    context: LambdaContext,
  ) => Promise<SqsHandlerResult>;
  /** Messages an invocation gets at most, 1 to 10. */
  readonly batchSize: number;
  /** The times in the event are the world's. */
  readonly clock: Clock;
  /** How one invocation is run. @default runProcess */
  readonly invoke?: (
    run: () => Promise<SqsHandlerResult>,
  ) => Promise<ProcessOutcome<SqsHandlerResult>>;
}

/** What happened while a queue was drained; a message counts each time it is received. */
interface DrainReport {
  readonly invocations: number;
  readonly succeeded: number;
  readonly failed: number;
  /** Invocations that ended in a crash. */
  readonly crashes: number;
  /** What invocations threw, in order. */
  readonly errors: readonly unknown[];
}

/**
 * Lambda's mapping from an SQS queue to a function, until the queue is empty: batches in the
 * order of sending; what failed can be received again at once, behind the others, and the
 * queue's redrive policy ends it
 * (https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html).
 */
export async function drainQueue(options: DrainQueueOptions): Promise<DrainReport> {
  const { sqs, queue, functionName, handler, batchSize, clock, invoke = runProcess } = options;
  const errors: unknown[] = [];
  const counts = { invocations: 0, succeeded: 0, failed: 0, crashes: 0 };
  for (;;) {
    const messages = await receiveBatch(sqs, queue.url, batchSize);
    if (messages.length === 0) return { ...counts, errors };

    counts.invocations++;
    const Records = messages.map((message) => toSqsRecord(message, queue.arn, clock.now()));
    const context = createLambdaContext(functionName, `${functionName}-${counts.invocations}`);
    const outcome = await invoke(() => handler({ Records }, context));
    if (outcome.kind === 'failed') errors.push(outcome.error);
    if (outcome.kind === 'crashed') counts.crashes++;

    const failed = failedOf(messages, outcome);
    const succeeded = messages.filter((message) => !failed.includes(message));
    counts.failed += failed.length;
    counts.succeeded += succeeded.length;
    await deleteBatch(sqs, queue.url, succeeded);
    await releaseBatch(sqs, queue.url, failed);
  }
}

/** An answer that names a message which is not in the batch fails all of it, as in Lambda. */
function failedOf(
  messages: readonly Message[],
  outcome: ProcessOutcome<SqsHandlerResult>,
): readonly Message[] {
  if (outcome.kind !== 'done') return messages;
  const named = (outcome.value?.batchItemFailures ?? []).map(
    ({ itemIdentifier }) => itemIdentifier,
  );
  const failed = messages.filter(({ MessageId = '' }) => named.includes(MessageId));
  return failed.length === new Set(named).size ? failed : messages;
}
