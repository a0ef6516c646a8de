import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ObjectStore, StateStore } from '../../actions/ports.ts';
import { createDynamoClient } from '../../adapters/aws/create-aws-clients.ts';
import { createDynamoStateStore } from '../../adapters/aws/dynamo-state-store.ts';
import { createFolderObjectStore } from '../../adapters/local/folder-object-store.ts';
import { embeddedClientOptions } from '../cloud/embedded-clients.ts';
import { lockFolder } from '../cloud/lock.ts';
import { startDynamo } from '../cloud/start-dynamo.ts';
import { EMBEDDED_TABLE } from './embedded-cloud.ts';

/** What a play has left in its `.state`, until it is closed. */
export interface EmbeddedState {
  readonly state: StateStore;
  readonly objects: ObjectStore;
  close(): Promise<void>;
}

/** A folder that no play has left. */
export class NoEmbeddedStateError extends Error {
  override readonly name = 'NoEmbeddedStateError';
}

/**
 * Opens the stores of a play that is over.
 *
 * @throws NoEmbeddedStateError, FolderLockedError, UnreadableLockError, DamagedFolderError
 */
export async function openEmbeddedState(folder: string): Promise<EmbeddedState> {
  const tables = join(folder, 'dynamodb');
  await refuseUnlessFolder(folder, tables);
  const lock = await lockFolder(folder);
  const dynamo = await startDynamo({ folder: tables }).catch(async (error: unknown) => {
    await lock.release();
    throw error;
  });
  const client = createDynamoClient(embeddedClientOptions(dynamo.endpoint));
  return {
    state: createDynamoStateStore({ client, tableName: EMBEDDED_TABLE }),
    objects: createFolderObjectStore({ folder: join(folder, 'objects') }),
    async close() {
      client.destroy();
      await dynamo.stop();
      await lock.release();
    },
  };
}

async function refuseUnlessFolder(folder: string, tables: string): Promise<void> {
  const problem = `not the .state of a world: ${JSON.stringify(folder)}`;
  const found = await stat(tables).catch((cause: unknown) => {
    throw new NoEmbeddedStateError(problem, { cause });
  });
  if (!found.isDirectory()) throw new NoEmbeddedStateError(problem);
}
