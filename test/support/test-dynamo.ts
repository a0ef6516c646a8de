import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { createDynamoClient } from '../../adapters/aws/create-aws-clients.ts';
import { embeddedClientOptions } from '../../local/cloud/embedded-clients.ts';
import { createStateTable, startDynamo } from '../../local/cloud/start-dynamo.ts';

export interface TestDynamo {
  readonly endpoint: string;
  /** A client of its own, for a test that puts faults into it. */
  newClient(): DynamoDBDocumentClient;
  readonly client: DynamoDBDocumentClient;
  readonly tableName: string;
  /** An empty table under another name. */
  newTable(): Promise<string>;
  stop(): Promise<void>;
}

/** DynamoDB in memory with the state's table. */
export async function startTestDynamo(): Promise<TestDynamo> {
  const dynamo = await startDynamo();
  const clients: DynamoDBDocumentClient[] = [];
  const newClient = () => {
    const client = createDynamoClient(embeddedClientOptions(dynamo.endpoint));
    clients.push(client);
    return client;
  };
  const client = newClient();
  let tables = 0;
  const newTable = async () => {
    const tableName = `state-${++tables}`;
    await createStateTable(client, tableName);
    return tableName;
  };

  return {
    endpoint: dynamo.endpoint,
    newClient,
    client,
    tableName: await newTable(),
    newTable,
    async stop() {
      for (const each of clients) each.destroy();
      await dynamo.stop();
    },
  };
}
