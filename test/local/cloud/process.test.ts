import { expect, it } from 'vitest';
import { createFaults } from '../../../local/cloud/faults.ts';
import { currentProcess, runProcess } from '../../../local/cloud/process.ts';

const done = async () => 'answer';

it('tells what a handler returned or threw, even at once', async () => {
  const error = new Error('no');

  expect(await runProcess(done)).toEqual({ kind: 'done', value: 'answer' });
  expect(await runProcess(() => Promise.reject(error))).toEqual({ kind: 'failed', error });
  expect(
    await runProcess(() => {
      throw error;
    }),
  ).toEqual({ kind: 'failed', error });
});

it('ends at the call after which it crashes: the call is done, nothing runs on', async () => {
  const faults = createFaults();
  faults.addCrash({ after: 'dynamodb:PutItem' });
  const trace: string[] = [];

  const outcome = await runProcess(async () => {
    try {
      await faults.attempt('dynamodb:PutItem', undefined, async () => trace.push('effect'));
      trace.push('answer');
    } catch {
      trace.push('catch');
    } finally {
      trace.push('finally');
    }
  });
  await settled();

  expect(outcome).toEqual({ kind: 'crashed' });
  expect(trace).toEqual(['effect']);
});

it('crashes after a call that answers with an error, too', async () => {
  const faults = createFaults();
  faults.addCrash({ after: 'dynamodb:*' });

  const outcome = await runProcess(() =>
    faults.attempt('dynamodb:PutItem', undefined, () => Promise.reject(new Error('condition'))),
  );

  expect(outcome).toEqual({ kind: 'crashed' });
});

it('makes no more call once it crashed, and gets no more answer', async () => {
  const faults = createFaults();
  faults.addCrash({ after: 'sns:Publish' });
  const trace: string[] = [];
  const slow = Promise.withResolvers<void>();
  const call = (name: string, work: () => Promise<unknown>) =>
    faults.attempt(name, undefined, work).then(() => trace.push(`${name} answered`));

  const outcome = await runProcess(async () => {
    const underWay = call('s3:GetObject', () => slow.promise);
    const afterwards = settled().then(() =>
      call('s3:PutObject', async () => trace.push('effect after the crash')),
    );
    await Promise.all([underWay, afterwards, call('sns:Publish', async () => {})]);
  });
  slow.resolve();
  await settled();

  expect(outcome).toEqual({ kind: 'crashed' });
  expect(trace).toEqual([]);
});

it('does not disturb another process that runs at the same time', async () => {
  const faults = createFaults();
  faults.addCrash({ after: 'sns:Publish' });
  const other = Promise.withResolvers<void>();

  const crashing = runProcess(() => faults.attempt('sns:Publish', undefined, done));
  const living = runProcess(async () => {
    await other.promise;
    return [
      await faults.attempt('sns:Publish', undefined, done),
      await faults.attempt('s3:PutObject', undefined, done),
    ];
  });

  expect(await crashing).toEqual({ kind: 'crashed' });
  other.resolve();
  expect(await living).toEqual({ kind: 'done', value: ['answer', 'answer'] });
});

it('holds a process that it starts apart from itself', async () => {
  const faults = createFaults();
  faults.addCrash({ after: 'sns:Publish' });

  const outer = await runProcess(async () => {
    const inner = await runProcess(() => faults.attempt('sns:Publish', undefined, done));
    return [inner.kind, await faults.attempt('s3:PutObject', undefined, done)];
  });

  expect(outer).toEqual({ kind: 'done', value: ['crashed', 'answer'] });
  expect(currentProcess()).toBeUndefined();
});

/** Lets everything run that can. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
}
