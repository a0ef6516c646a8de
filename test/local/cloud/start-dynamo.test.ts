import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createDynamoClient } from '../../../adapters/aws/create-aws-clients.ts';
import { createDynamoStateStore } from '../../../adapters/aws/dynamo-state-store.ts';
import { embeddedClientOptions } from '../../../local/cloud/embedded-clients.ts';
import { createStateTable, startDynamo } from '../../../local/cloud/start-dynamo.ts';
import { aHead, anAlert } from '../../support/state-builders.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dynamo-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function open() {
  const dynamo = await startDynamo({ folder: join(folder, 'state', 'dynamo') });
  const client = createDynamoClient(embeddedClientOptions(dynamo.endpoint));
  await createStateTable(client, 'tidewatch');
  return { dynamo, store: createDynamoStateStore({ client, tableName: 'tidewatch' }) };
}

it('finds again what an earlier run kept in the folder', async () => {
  const head = aHead({ pending: [anAlert()] });
  const first = await open();
  await first.store.commitHead(head);
  await first.dynamo.stop();

  const second = await open();

  expect(await second.store.heads()).toEqual([head]);
  expect(await second.store.pendingHeads()).toEqual([head]);
  expect(await second.store.commitHead({ ...head, revision: 2, pending: [] })).toBe(true);
  await second.dynamo.stop();
});
