import * as z from 'zod';
import type { Clock } from '../../actions/ports.ts';
import { drainQueue } from '../../local/cloud/event-source-mapping.ts';
import { type Place, queueUrlIn } from '../template/place.ts';
import type { StackModel } from '../template/stack-model.ts';
import type { LambdaService } from './lambda-service.ts';
import type { InsideClients } from './make-resources.ts';

const BatchAnswer = z.object({
  batchItemFailures: z.array(z.object({ itemIdentifier: z.string() })),
});

export interface MappingsOptions {
  readonly stack: StackModel;
  readonly place: Place;
  readonly sqs: InsideClients['sqs'];
  readonly lambda: Pick<LambdaService, 'invoke'>;
  readonly clock: Clock;
  readonly onProblem: (problem: string) => void;
}

/** SQS's ReceiveMessage gives no more at once. */
const RECEIVED_AT_ONCE = 10;

/** Hands over what the template's mappings find in their queues, until all of them are empty. */
export async function drainMappings(options: MappingsOptions): Promise<void> {
  for (;;) {
    let invocations = 0;
    for (const mapping of options.stack.mappings) {
      if (mapping.Enabled) invocations += await drain(options, mapping);
    }
    if (invocations === 0) return;
  }
}

async function drain(
  { place, sqs, lambda, clock, onProblem }: MappingsOptions,
  mapping: StackModel['mappings'][number],
): Promise<number> {
  const { EventSourceArn: arn, FunctionName, BatchSize, FunctionResponseTypes } = mapping;
  const { invocations, failed } = await drainQueue({
    sqs,
    queue: { arn, url: queueUrlIn(place, arn.split(':').at(-1) ?? '') },
    functionName: FunctionName,
    batchSize: Math.min(BatchSize, RECEIVED_AT_ONCE),
    clock,
    handler: async (event) => {
      const ending = await lambda.invoke(FunctionName, JSON.stringify(event));
      if (ending.kind === 'failed') throw new Error(ending.error.errorMessage);
      // Without this type whatever was answered means that all went well.
      if (!FunctionResponseTypes.includes('ReportBatchItemFailures')) return;
      return BatchAnswer.parse(JSON.parse(ending.payload));
    },
  });
  if (failed > 0) onProblem(`${FunctionName} failed with ${failed} messages`);
  return invocations;
}
