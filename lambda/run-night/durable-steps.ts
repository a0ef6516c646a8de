import { type DurableContext, InvokeError, NestingType } from '@aws/durable-execution-sdk-js';
import {
  type NightWork,
  type Steps,
  WORKER_ATTEMPTS,
  type WorkerName,
} from '../../actions/night-steps.ts';

/** The function of each worker: name or ARN. */
export type WorkerFunctions = Readonly<Record<WorkerName, string>>;

/** The durable operations that the steps are made of. */
export type StepsContext = Pick<DurableContext, 'invoke' | 'wait' | 'map'>;

/** A worker that failed every time it was tried. */
export class WorkerFailedError extends Error {
  override readonly name = 'WorkerFailedError';

  constructor(step: string, cause: InvokeError) {
    super(`step ${JSON.stringify(step)} failed ${WORKER_ATTEMPTS} times: ${cause.message}`, {
      cause,
    });
  }
}

/** Seconds before the second and before the third attempt. */
const PAUSES = [10, 60];

/**
 * Steps that survive the function that runs them: each is one durable invocation, whose
 * answer is recorded and given again on replay. Workers find what they made, so trying
 * again is safe. Operations are known by their order and name: both depend on nothing but
 * recorded answers.
 */
export function createDurableSteps(context: StepsContext, functions: WorkerFunctions): Steps {
  async function attempt<Name extends WorkerName>(
    context: Pick<StepsContext, 'invoke' | 'wait'>,
    step: string,
    worker: Name,
    input: NightWork[Name]['input'],
    number: number,
  ): Promise<NightWork[Name]['output']> {
    const name = number === 1 ? step : `${step}-attempt-${number}`;
    try {
      return await context.invoke<NightWork[Name]['input'], NightWork[Name]['output']>(
        name,
        functions[worker],
        input,
      );
    } catch (error) {
      if (!(error instanceof InvokeError)) throw error;
      if (number === WORKER_ATTEMPTS) throw new WorkerFailedError(step, error);
    }
    await context.wait(`${step}-pause-${number}`, { seconds: PAUSES[number - 1] ?? 60 });
    return attempt(context, step, worker, input, number + 1);
  }

  return {
    invoke: (step, worker, input) => attempt(context, step, worker, input, 1),
    async invokeEach(group, worker, inputs, atOnce) {
      if (inputs.length === 0) return [];
      // Each in a context of its own: which of them fails first changes nobody's order of operations.
      const batch = await context.map(
        group,
        [...inputs],
        async (own, { step, input }) => {
          try {
            return { output: await attempt(own, step, worker, input, 1) };
          } catch (error) {
            if (error instanceof WorkerFailedError) return { output: null };
            throw error;
          }
        },
        {
          itemNamer: ({ step }) => step,
          // Nothing is recorded of the contexts themselves: an execution has 3,000 operations
          // (https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html), and a night of 500 batches
          // that all fail twice needs 2,500.
          nesting: NestingType.FLAT,
          ...(atOnce !== undefined && { maxConcurrency: atOnce }),
        },
      );
      batch.throwIfError();
      return batch.getResults().map(({ output }) => output);
    },
  };
}
