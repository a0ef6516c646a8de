import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import type { NightExecutions } from '../../actions/ports.ts';

interface LambdaNightExecutionsOptions {
  readonly client: LambdaClient;
  /** Qualified: a durable function is invoked by a version or an alias. */
  readonly functionArn: string;
}

/** Starts nights as durable executions of a function. The same name and time give the execution that is there. */
export function createLambdaNightExecutions({
  client,
  functionArn,
}: LambdaNightExecutionsOptions): NightExecutions {
  return {
    async start(name, runId) {
      const { DurableExecutionArn } = await client.send(
        new InvokeCommand({
          FunctionName: functionArn,
          // Nobody waits for its end.
          InvocationType: 'Event',
          DurableExecutionName: name,
          Payload: JSON.stringify({ scheduledTime: runId }),
        }),
      );
      return DurableExecutionArn ?? null;
    },
    async tryStart() {
      await client.send(new InvokeCommand({ FunctionName: functionArn, InvocationType: 'DryRun' }));
    },
  };
}
