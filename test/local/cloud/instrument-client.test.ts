import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createFaults, type Faults } from '../../../local/cloud/faults.ts';
import type { FaultError } from '../../../local/cloud/injected-error.ts';
import { instrumentClient } from '../../../local/cloud/instrument-client.ts';
import { runProcess } from '../../../local/cloud/process.ts';
import { startTestDynamo, type TestDynamo } from '../../support/test-dynamo.ts';

let dynamo: TestDynamo;
let faults: Faults;
let client: TestDynamo['client'];
let TableName: string;
beforeAll(async () => {
  dynamo = await startTestDynamo();
});
afterAll(() => dynamo.stop());
beforeEach(async () => {
  TableName = await dynamo.newTable();
  client = dynamo.newClient();
  faults = createFaults();
  instrumentClient(client, faults);
});

const Key = { pk: 'a', sk: 'b' };
const put = () => client.send(new PutCommand({ TableName, Item: Key }));
const isStored = async () => {
  const { Item } = await dynamo.client.send(new GetCommand({ TableName, Key }));
  return Item !== undefined;
};

it('names calls by service and operation', async () => {
  await put();
  await client.send(new GetCommand({ TableName, Key }));

  expect([...faults.seen().keys()]).toEqual(['dynamodb:PutItem', 'dynamodb:GetItem']);
});

describe('one HTTP attempt that fails', () => {
  it.each<FaultError>(['throttle', 'timeout', 'lost-response', 'server'])(
    'by %s is repeated by the SDK',
    async (error) => {
      faults.add({ call: 'dynamodb:PutItem', times: 2, error });

      const { $metadata } = await put();

      expect($metadata.attempts).toBe(3);
      expect(await isStored()).toBe(true);
    },
  );

  it.each<[FaultError, string]>([
    ['denied', 'AccessDeniedException'],
    ['not-found', 'ResourceNotFoundException'],
  ])('by %s is not', async (error, name) => {
    faults.add({ call: 'dynamodb:PutItem', times: 1, error });

    await expect(put()).rejects.toThrow(expect.objectContaining({ name }));
    expect(await isStored()).toBe(false);
  });
});

describe('a call whose every attempt fails', () => {
  it('fails as one, and the next one passes', async () => {
    faults.add({ call: 'dynamodb:*', times: 1, error: 'throttle', attempts: 'all' });

    await expect(put()).rejects.toThrow(expect.objectContaining({ name: 'ThrottlingException' }));
    expect(await isStored()).toBe(false);
    await put();
    expect(await isStored()).toBe(true);
  });

  it('is done though every answer is lost', async () => {
    faults.add({ call: 'dynamodb:*', times: 1, error: 'lost-response', attempts: 'all' });

    await expect(put()).rejects.toThrow(expect.objectContaining({ code: 'ECONNRESET' }));
    expect(await isStored()).toBe(true);
  });
});

it('ends a process after a put that is stored', async () => {
  faults.addCrash({ after: 'dynamodb:PutItem' });
  const trace: string[] = [];

  const outcome = await runProcess(async () => {
    try {
      await put();
    } finally {
      trace.push('finally');
    }
  });

  expect(outcome).toEqual({ kind: 'crashed' });
  expect(trace).toEqual([]);
  expect(await isStored()).toBe(true);
  expect(await runProcess(put)).toMatchObject({ kind: 'done' });
});
