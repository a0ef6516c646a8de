import { expect, it } from 'vitest';
import { handleBatch } from '../../../lambda/shared/handle-batch.ts';
import { anSqsEvent } from '../../support/sqs-events.ts';

interface Line {
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>> | undefined;
}

function recordingLog() {
  const lines: Line[] = [];
  const write = (message: string, fields?: Line['fields']) => void lines.push({ message, fields });
  return { lines, log: { info: write, warn: write } };
}

it('sends back the records that fail, and handles the others', async () => {
  const { log, lines } = recordingLog();
  const handled: string[] = [];
  const event = anSqsEvent({ a: 'good', b: 'bad', c: 'good' });

  const response = await handleBatch(event, log, async ({ messageId, body }) => {
    if (body === 'bad') throw new RangeError('too bad');
    handled.push(messageId);
  });

  expect(response).toEqual({ batchItemFailures: [{ itemIdentifier: 'b' }] });
  expect(handled).toEqual(['a', 'c']);
  expect(lines).toEqual([
    {
      message: 'record failed',
      fields: { messageId: 'b', error: 'RangeError', reason: 'too bad' },
    },
  ]);
});

it('takes what is thrown, whatever it is', async () => {
  const { log } = recordingLog();
  const fail = async () => {
    throw 'a string';
  };
  expect(await handleBatch(anSqsEvent({ a: '' }), log, fail)).toEqual({
    batchItemFailures: [{ itemIdentifier: 'a' }],
  });
});

it('handles one record after the other: two of one channel must not race', async () => {
  const { log } = recordingLog();
  let running = 0;
  let most = 0;
  await handleBatch(anSqsEvent({ a: '', b: '', c: '' }), log, async () => {
    most = Math.max(most, ++running);
    await Promise.resolve();
    running--;
  });
  expect(most).toBe(1);
});

it('has nothing to send back for an empty batch', async () => {
  const { log } = recordingLog();
  const response = await handleBatch(anSqsEvent({}), log, async () => {});
  expect(response).toEqual({ batchItemFailures: [] });
});
