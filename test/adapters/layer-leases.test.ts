import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { LayerLeases } from '../../actions/ports.ts';
import { createDynamoLayerLeases } from '../../adapters/aws/dynamo-layer-leases.ts';
import { createFaults } from '../../local/cloud/faults.ts';
import { instrumentClient } from '../../local/cloud/instrument-client.ts';
import { aDigest } from '../support/state-builders.ts';
import { startTestDynamo, type TestDynamo } from '../support/test-dynamo.ts';

const LAYER = aDigest('layer');
const MINUTE = 60_000;

let dynamo: TestDynamo;
let tableName: string;
let now: number;
beforeAll(async () => {
  dynamo = await startTestDynamo();
});
afterAll(() => dynamo.stop());
beforeEach(async () => {
  tableName = await dynamo.newTable();
  now = Date.UTC(2026, 10, 21, 10);
});

function leasesOf(holder: string, client = dynamo.client): LayerLeases {
  return createDynamoLayerLeases({
    client,
    tableName,
    holder,
    clock: { now: () => new Date(now) },
    sleep: async (milliseconds) => {
      now += milliseconds;
    },
  });
}

describe('a lease of a layer', () => {
  it('is one function’s, until it gives it back', async () => {
    const [one, two] = [leasesOf('one'), leasesOf('two')];

    expect(await one.take(LAYER)).toBe(true);
    expect(await two.take(LAYER)).toBe(false);
    expect(await two.take(aDigest('other'))).toBe(true);
    await one.giveBack(LAYER);
    expect(await two.take(LAYER)).toBe(true);
  });

  it('goes to one of many who ask at once', async () => {
    const all = Array.from({ length: 8 }, (_, each) => leasesOf(`function-${each}`));
    const taken = await Promise.all(all.map((leases) => leases.take(LAYER)));
    expect(taken.filter((each) => each)).toHaveLength(1);
  });

  it('ends by itself: who crashed does not keep it, and 60 pauses outlast it', async () => {
    await leasesOf('crashed').take(LAYER);
    const two = leasesOf('two');
    let pauses = 0;
    while (!(await two.take(LAYER))) {
      await two.pause();
      pauses++;
    }
    expect(pauses).toBeLessThan(60);
  });

  it('is not given back for another who has it by now', async () => {
    const [slow, two, three] = [leasesOf('slow'), leasesOf('two'), leasesOf('three')];
    await slow.take(LAYER);
    now += 10 * MINUTE;
    await two.take(LAYER);

    await slow.giveBack(LAYER);

    expect(await three.take(LAYER)).toBe(false);
  });

  it('is taken though the answer to it was lost', async () => {
    const client = dynamo.newClient();
    const faults = createFaults();
    instrumentClient(client, faults);
    faults.add({ call: 'dynamodb:PutItem', times: 1, error: 'lost-response' });

    expect(await leasesOf('one', client).take(LAYER)).toBe(true);
  });
});
