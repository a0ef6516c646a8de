import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { indexBatch, indexImages } from '../../actions/index-batch.ts';
import { type IndexPorts, indexImage } from '../../actions/index-image.ts';
import type { IndexFailure } from '../../actions/night-objects.ts';
import type { NightWork } from '../../actions/night-steps.ts';
import type { AssessQueue } from '../../actions/ports.ts';
import { parsePushEvent } from '../../core/image/push-event.ts';
import { handleBatch } from '../shared/handle-batch.ts';
import { checkedWorker, type ImagesToIndex, parseImages } from '../shared/night-inputs.ts';

export interface IndexImagePorts extends IndexPorts {
  readonly assessQueue: AssessQueue;
}

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
export function handleIndexImage(ports: IndexImagePorts) {
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

function indexPushedImages(ports: IndexImagePorts, event: SQSEvent): Promise<SQSBatchResponse> {
  return handleBatch(event, ports.log, async ({ body }) => {
    const push = parsePushEvent(body);
    if (!push) return;
    const { registry, repository, tag, digest } = push;
    await indexImage(ports, { reference: { registry, repository, tag }, digest });
    await ports.assessQueue.send(push);
  });
}
