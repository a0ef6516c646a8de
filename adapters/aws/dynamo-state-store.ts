import { isDeepStrictEqual } from 'node:util';
import {
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  paginateQuery,
  type QueryCommandInput,
} from '@aws-sdk/lib-dynamodb';
import type { StateStore } from '../../actions/ports.ts';
import type { Audience } from '../../core/alert/alert.ts';
import {
  feedAcceptanceOf,
  headAttributes,
  headOf,
  observationAttributes,
  observationOf,
  runPointerOf,
} from './state-items.ts';
import { PENDING_INDEX } from './state-table.ts';

// One table, `pk` and `sk` strings:
//
// | what        | pk                    | sk                           | other attributes |
// |-------------|-----------------------|------------------------------|------------------|
// | head        | HEAD                  | <channel>                    | of `Head`; while alerts are pending: `pending` (deflated JSON), `pendingPk` = PENDING |
// | run pointer | RUN                   | CURRENT                      | of `RunPointer` |
// | delivery    | DELIVERY#<alert id>   | <audience>                   | `at`, `expires` (Unix time in seconds, after which DynamoDB deletes it) |
// | observation | OBSERVATION#<image>   | <at>#<platform>#<digest>     | of `Observation`; `packagesChanged` is deflated JSON |
// | acceptance  | FEED#<feed>           | ACCEPTANCE                   | of `FeedAcceptance` |
//
// Index `pending`: `pendingPk`, `sk`: the heads that hold alerts to deliver, and nothing else.
// All heads share a partition so that a night lists 10,000 of them (about 300 bytes each) in
// three or four pages; it takes 1,000 writes a second, a hundred times the pushes of such a fleet.

interface Table {
  readonly client: DynamoDBDocumentClient;
  readonly tableName: string;
}

interface Key {
  readonly pk: string;
  readonly sk: string;
}

/** A mark serves while its alert may be pending somewhere, or be found again: 400 days, as long as runs are kept. */
const DELIVERY_SECONDS = 400 * 24 * 60 * 60;

const RUN_POINTER: Key = { pk: 'RUN', sk: 'CURRENT' };

/** State in one DynamoDB table; throttled and lost calls are repeated by the SDK. */
export function createDynamoStateStore(table: Table): StateStore {
  const head: StateStore['head'] = async (channel) => {
    const item = await readItem(table, headKey(channel));
    return item && headOf(item);
  };
  const runPointer: StateStore['runPointer'] = async () => {
    const item = await readItem(table, RUN_POINTER);
    return item && runPointerOf(item);
  };
  return {
    head,
    runPointer,
    ...createAcceptances(table),

    async heads() {
      const items = await queryAll(table, ['pk', 'HEAD']);
      return items.map(headOf);
    },

    async commitHead(wanted) {
      const item = {
        ...headKey(wanted.channel),
        ...headAttributes(wanted),
        ...(wanted.pending.length > 0 && { pendingPk: 'PENDING' }),
      };
      return (
        (await putAtRevision(table, item, wanted.revision)) ||
        isDeepStrictEqual(await head(wanted.channel), headOf(item))
      );
    },

    async pendingHeads() {
      const items = await queryAll(table, ['pendingPk', 'PENDING'], PENDING_INDEX);
      return items.map(headOf);
    },

    async commitRunPointer(wanted) {
      const item = { ...RUN_POINTER, ...wanted };
      return (
        (await putAtRevision(table, item, wanted.revision)) ||
        isDeepStrictEqual(await runPointer(), runPointerOf(item))
      );
    },

    async isDelivered(alertId, audience) {
      return (await readItem(table, deliveryKey(alertId, audience))) !== undefined;
    },

    async markDelivered(alertId, audience, at) {
      const expires = Math.floor(Date.parse(at) / 1000) + DELIVERY_SECONDS;
      await putOnce(table, { ...deliveryKey(alertId, audience), at, expires });
    },

    async putObservation(observation) {
      const { at, platform, digest } = observation;
      const key = { pk: observationsOf(observation.image), sk: `${at}#${platform}#${digest}` };
      await putOnce(table, { ...key, ...observationAttributes(observation) });
    },

    async observations(image) {
      const items = await queryAll(table, ['pk', observationsOf(image)]);
      return items.map(observationOf);
    },
  };
}

type Acceptances = Pick<StateStore, 'feedAcceptance' | 'commitFeedAcceptance'>;

function createAcceptances(table: Table): Acceptances {
  const feedAcceptance: Acceptances['feedAcceptance'] = async (feed) => {
    const item = await readItem(table, acceptanceKey(feed));
    return item && feedAcceptanceOf(item);
  };
  return {
    feedAcceptance,
    async commitFeedAcceptance(wanted) {
      const item = { ...acceptanceKey(wanted.feed), ...wanted };
      return (
        (await putAtRevision(table, item, wanted.revision)) ||
        isDeepStrictEqual(await feedAcceptance(wanted.feed), feedAcceptanceOf(item))
      );
    },
  };
}

function headKey(channel: string): Key {
  return { pk: 'HEAD', sk: channel };
}

function deliveryKey(alertId: string, audience: Audience): Key {
  return { pk: `DELIVERY#${alertId}`, sk: audience };
}

function acceptanceKey(feed: string): Key {
  return { pk: `FEED#${feed}`, sk: 'ACCEPTANCE' };
}

function observationsOf(image: string): string {
  return `OBSERVATION#${image}`;
}

async function readItem({ client, tableName }: Table, key: Key) {
  const { Item } = await client.send(
    new GetCommand({ TableName: tableName, Key: key, ConsistentRead: true }),
  );
  return Item;
}

/** Every item under one partition key, in the order of the sort key's UTF-8 bytes. */
async function queryAll(
  { client, tableName }: Table,
  [name, value]: readonly [attribute: 'pk' | 'pendingPk', value: string],
  index?: string,
) {
  const input: QueryCommandInput = {
    TableName: tableName,
    IndexName: index,
    KeyConditionExpression: '#partition = :partition',
    ExpressionAttributeNames: { '#partition': name },
    ExpressionAttributeValues: { ':partition': value },
    // An index has no consistent reads.
    ConsistentRead: index === undefined,
  };
  const items: Record<string, unknown>[] = [];
  for await (const page of paginateQuery({ client }, input)) items.push(...(page.Items ?? []));
  return items;
}

/** Writes over the revision before; `false` when another one is stored. */
function putAtRevision(
  table: Table,
  item: Record<string, unknown>,
  revision: number,
): Promise<boolean> {
  return revision === 1
    ? putOnce(table, item)
    : putIf(table, item, 'revision = :before', { ':before': revision - 1 });
}

/** Writes unless the key is there; `false` when it is. */
function putOnce(table: Table, item: Record<string, unknown>): Promise<boolean> {
  return putIf(table, item, 'attribute_not_exists(pk)');
}

/**
 * A repeated put whose first answer was lost finds its own item: then the condition fails
 * though the write was done, and the caller has to look at what is stored.
 */
async function putIf(
  { client, tableName }: Table,
  item: Record<string, unknown>,
  condition: string,
  values?: Record<string, unknown>,
): Promise<boolean> {
  try {
    await client.send(
      new PutCommand({
        TableName: tableName,
        Item: item,
        ConditionExpression: condition,
        ExpressionAttributeValues: values,
      }),
    );
    return true;
  } catch (error) {
    if (error instanceof Error && error.name === 'ConditionalCheckFailedException') return false;
    throw error;
  }
}
