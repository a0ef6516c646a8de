import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { CreateTableCommand, DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import dynalite from 'dynalite';
import { tableDefinition } from '../../adapters/aws/state-table.ts';
import { breakSeal, sealFolder } from './folder-seal.ts';

interface EmbeddedDynamo {
  readonly endpoint: string;
  stop(): Promise<void>;
}

/**
 * DynamoDB on a free port of the loopback, kept in a folder, or in memory when none is given.
 *
 * @throws DamagedFolderError when the folder does not hold what an earlier one has left
 */
export async function startDynamo(
  options: { readonly folder?: string } = {},
): Promise<EmbeddedDynamo> {
  const { folder } = options;
  if (folder !== undefined) {
    await mkdir(folder, { recursive: true });
    await breakSeal(folder);
  }
  const server = dynalite({ path: folder, createTableMs: 0, updateTableMs: 0, deleteTableMs: 0 });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const close = promisify(server.close.bind(server));

  return {
    endpoint: `http://127.0.0.1:${port}`,
    async stop() {
      const closed = close();
      // Kept-alive connections of clients that nobody destroyed would hold it open.
      server.closeAllConnections();
      await closed;
      if (folder !== undefined) await sealFolder(folder);
    },
  };
}

/** Makes the state's table unless it is there, and returns when it can be used. */
export async function createStateTable(
  client: DynamoDBDocumentClient,
  tableName: string,
): Promise<void> {
  try {
    await client.send(new CreateTableCommand(tableDefinition(tableName)));
  } catch (error) {
    if (!(error instanceof Error && error.name === 'ResourceInUseException')) throw error;
  }
  // The SDK's waiter sleeps for seconds; an emulator's table is there within some requests.
  for (;;) {
    const { Table } = await client.send(new DescribeTableCommand({ TableName: tableName }));
    if (Table?.TableStatus === 'ACTIVE') return;
  }
}
