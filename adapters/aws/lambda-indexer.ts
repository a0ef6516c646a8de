import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { type Indexer, IndexerFailedError } from '../../actions/ports.ts';

export interface LambdaIndexerOptions {
  readonly client: LambdaClient;
  /** Name or ARN of `lambda/index-image`. */
  readonly functionName: string;
}

/** The function that indexes, invoked and waited for. */
export function createLambdaIndexer({ client, functionName }: LambdaIndexerOptions): Indexer {
  return {
    async index(images) {
      const { FunctionError, Payload } = await client
        .send(
          new InvokeCommand({
            FunctionName: functionName,
            InvocationType: 'RequestResponse',
            Payload: JSON.stringify({ images }),
          }),
        )
        .catch((cause: unknown) => {
          throw new IndexerFailedError(`no answer: ${String(cause)}`, { cause });
        });
      // The status is 200 when the function itself failed.
      if (FunctionError) {
        throw new IndexerFailedError(`${FunctionError}: ${Payload?.transformToString() ?? ''}`);
      }
    },
  };
}
