import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import * as z from 'zod';
import { type AssessPorts, assessPush } from '../../actions/assess-push.ts';
import { type DeliverPorts, deliverHead } from '../../actions/deliver-alerts.ts';
import { Digest } from '../../core/image/digest.ts';
import { handleBatch } from '../shared/handle-batch.ts';

/** A push as the indexing function hands it on. */
const Push = z.object({
  registry: z.string().min(1),
  repository: z.string().min(1),
  tag: z.string().min(1),
  digest: Digest,
  pushedAt: z.iso.datetime(),
});

/** Assesses pushed images and tells what they brought. */
export function handleAssessPush(ports: AssessPorts & DeliverPorts) {
  return (event: SQSEvent): Promise<SQSBatchResponse> =>
    handleBatch(event, ports.log, async ({ body }) => {
      const { channel } = await assessPush(ports, Push.parse(JSON.parse(body)));
      // What cannot be told now stays pending in the head: the sweep tells it.
      await deliverHead(ports, channel);
    });
}
