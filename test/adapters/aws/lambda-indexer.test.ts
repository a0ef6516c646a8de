import { describe, expect, it } from 'vitest';
import { IndexerFailedError } from '../../../actions/ports.ts';
import { createInvokeClient } from '../../../adapters/aws/create-aws-clients.ts';
import { createLambdaIndexer } from '../../../adapters/aws/lambda-indexer.ts';
import { type AwsAnswer, startAwsServer } from '../../support/aws-server.ts';
import { aDigest } from '../../support/state-builders.ts';

const IMAGES = [{ reference: 'cgr.dev/chainguard/python:latest', digest: aDigest('a') }];
const INVOKE = 'POST /2015-03-31/functions/index-image/invocations';

/** Indexes against a Lambda that answers so. */
async function index(answer: AwsAnswer) {
  await using server = await startAwsServer(() => answer);
  // As it is deployed, but for where calls go: nothing repeats an invocation.
  const { retryStrategy: _none, ...options } = server.options;
  const client = createInvokeClient(options);
  const indexer = createLambdaIndexer({ client, functionName: 'index-image' });
  const error = await indexer.index(IMAGES).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  client.destroy();
  return { error, calls: server.calls.map(({ name, input }) => ({ name, input })) };
}

describe('the function that indexes', () => {
  it('is given the images and waited for', async () => {
    expect(await index({ output: { failures: [] } })).toEqual({
      error: undefined,
      calls: [{ name: INVOKE, input: { images: IMAGES } }],
    });
  });

  it('that fails though its invocation went well is an error with its words', async () => {
    const { error } = await index({
      output: { errorMessage: 'Task timed out' },
      headers: { 'x-amz-function-error': 'Unhandled' },
    });
    expect(error).toBeInstanceOf(IndexerFailedError);
    expect(String(error)).toContain('Unhandled: {"errorMessage":"Task timed out"}');
  });

  it.each([
    ['TooManyRequestsException', 429],
    ['AccessDeniedException', 403],
    ['ServiceException', 500],
  ])(
    'that cannot be invoked (%s) is an error at once: the next hour tries again',
    async (name, status) => {
      const { error, calls } = await index({ error: name, status });
      expect(error).toBeInstanceOf(IndexerFailedError);
      expect(String(error)).toContain(name);
      expect(calls).toHaveLength(1);
    },
  );
});
