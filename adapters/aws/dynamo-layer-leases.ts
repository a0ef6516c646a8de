import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { DeleteCommand, type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { Clock, LayerLeases } from '../../actions/ports.ts';

/** Milliseconds: longer than a function takes for one layer, shorter than who waits does. */
const LEASE = 150_000;

/** Milliseconds between two looks at a layer that another reads; 60 of them outlast a lease. */
const PAUSE = 3_000;

interface LayerLeasesOptions {
  readonly client: DynamoDBDocumentClient;
  readonly tableName: string;
  /** Who takes: no two functions that run at once have the same name. @default a random one */
  readonly holder?: string;
  readonly clock: Clock;
  /** Waits milliseconds. @default real time */
  readonly sleep?: (milliseconds: number) => Promise<void>;
}

/**
 * Leases as items `LEASE#<layer>`, taken by a conditional put. `expires` (seconds) is also what
 * DynamoDB removes them by, when nobody gave them back.
 */
export function createDynamoLayerLeases(options: LayerLeasesOptions): LayerLeases {
  const { client, tableName, holder = randomUUID(), clock, sleep = setTimeout } = options;
  const keyOf = (layer: string) => ({ pk: `LEASE#${layer}`, sk: 'LEASE' });
  return {
    take(layer) {
      const now = Math.floor(clock.now().getTime() / 1000);
      return isDone(
        client.send(
          new PutCommand({
            TableName: tableName,
            Item: { ...keyOf(layer), holder, expires: now + LEASE / 1000 },
            // One's own again: the answer to the first attempt may have been lost.
            ConditionExpression: 'attribute_not_exists(pk) OR expires <= :now OR holder = :holder',
            ExpressionAttributeValues: { ':now': now, ':holder': holder },
          }),
        ),
      );
    },

    async giveBack(layer) {
      await isDone(
        client.send(
          new DeleteCommand({
            TableName: tableName,
            Key: keyOf(layer),
            ConditionExpression: 'holder = :holder',
            ExpressionAttributeValues: { ':holder': holder },
          }),
        ),
      );
    },

    async pause() {
      await sleep(PAUSE);
    },
  };
}

/** Whether a conditional write was done. */
async function isDone(write: Promise<unknown>): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (error) {
    if (error instanceof Error && error.name === 'ConditionalCheckFailedException') return false;
    throw error;
  }
}
