import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { indexBatch, indexImages } from '../../actions/index-batch.ts';
import { type IndexPushPorts, indexPush } from '../../actions/index-push.ts';
import type { IndexFailure } from '../../actions/night-objects.ts';
import type { NightWork } from '../../actions/night-steps.ts';
import { ATTEMPT } from '../../adapters/aws/sqs-push-queue.ts';
import { handleBatch } from '../shared/handle-batch.ts';
import { checkedWorker, type ImagesToIndex, parseImages } from '../shared/night-inputs.ts';

type BatchWork = NightWork['index-batch'];
type Event = SQSEvent | BatchWork['input'] | ImagesToIndex;
type Answer = SQSBatchResponse | BatchWork['output'] | IndexedImages;

/** What could not be read of the hour's images. */
interface IndexedImages {
  readonly failures: readonly IndexFailure[];
}

/**
 * The only function that reads images' bytes: pushes come from the queue, batches of
 * unknown images from the night, a list of them from the hour.
 */
export function handleIndexImage(ports: IndexPushPorts) {
  const runBatch = checkedWorker('index-batch', indexBatch(ports));
  function handle(event: SQSEvent): Promise<SQSBatchResponse>;
  function handle(event: BatchWork['input']): Promise<BatchWork['output']>;
  function handle(event: ImagesToIndex): Promise<IndexedImages>;
  function handle(event: Event): Promise<Answer>;
  async function handle(event: Event): Promise<Answer> {
    if ('Records' in event) return indexPushedImages(ports, event);
    if ('images' in event) return { failures: await indexImages(ports, parseImages(event)) };
    return runBatch(event);
  }
  return handle;
}

function indexPushedImages(ports: IndexPushPorts, event: SQSEvent): Promise<SQSBatchResponse> {
  return handleBatch(event, ports.log, (record) =>
    indexPush(ports, { body: record.body, attempt: attemptOf(record) }),
  );
}

/** What is no number was not written by us: such a message begins anew. */
function attemptOf({ messageAttributes }: SQSRecord): number {
  const attempt = Number(messageAttributes[ATTEMPT]?.stringValue ?? 0);
  return Number.isSafeInteger(attempt) && attempt > 0 ? attempt : 0;
}
