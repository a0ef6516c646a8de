import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { findIndexedImage, type IndexPorts, indexImage } from '../../actions/index-image.ts';
import { createDynamoLayerLeases } from '../../adapters/aws/dynamo-layer-leases.ts';
import { parseReference } from '../../core/image/reference.ts';
import { anImageOf, createFakeRegistry, type FakeRegistry } from '../support/fake-ports.ts';
import { createMemoryObjectStore } from '../support/memory-object-store.ts';
import { startTestDynamo, type TestDynamo } from '../support/test-dynamo.ts';

const REFERENCE = parseReference('r.test/web:latest');

let dynamo: TestDynamo;
let tableName: string;
let registry: FakeRegistry;
let now: number;
beforeAll(async () => {
  dynamo = await startTestDynamo();
});
afterAll(() => dynamo.stop());
beforeEach(async () => {
  tableName = await dynamo.newTable();
  registry = createFakeRegistry();
  now = 0;
});

const captures = () => registry.calls.filter((call) => call.startsWith('capture'));
const objects = createMemoryObjectStore();

function functionOf(holder: string): IndexPorts {
  const sleep = async (milliseconds: number) => {
    now += milliseconds;
    // Lets the others go on.
    await new Promise((resolve) => setImmediate(resolve));
  };
  const clock = { now: () => new Date(now) };
  return {
    images: registry,
    objects,
    log: { info: () => {}, warn: () => {} },
    leases: createDynamoLayerLeases({ client: dynamo.client, tableName, holder, clock, sleep }),
  };
}

describe('functions that index the same image at once', () => {
  it('read its layer once', async () => {
    const image = await anImageOf({ packages: ['once=1'] });
    registry.push('r.test/web:latest', image);
    const request = { reference: REFERENCE, digest: image.digest };

    await Promise.all(['a', 'b', 'c', 'd'].map((name) => indexImage(functionOf(name), request)));

    expect(captures()).toHaveLength(1);
    expect(await findIndexedImage(objects, image.digest)).toBeDefined();
  });

  it('do not wait for one that is no more', async () => {
    const image = await anImageOf({ packages: ['crashed=1'] });
    registry.push('r.test/web:latest', image);
    const layer = image.platforms[0]?.layers[0]?.descriptor.digest ?? '';
    await functionOf('crashed').leases?.take(layer);

    await indexImage(functionOf('b'), { reference: REFERENCE, digest: image.digest });

    expect(captures()).toHaveLength(1);
  });

  it('read beside one whose lease never ends, rather than not at all', async () => {
    const image = await anImageOf({ packages: ['stuck=1'] });
    registry.push('r.test/web:latest', image);
    const leases = { take: async () => false, giveBack: async () => {}, pause: async () => {} };

    const indexed = indexImage(
      { ...functionOf('b'), leases },
      { reference: REFERENCE, digest: image.digest },
    );

    expect((await indexed).platforms).toHaveLength(1);
  });

  it('free a layer that could not be read for the next who asks', async () => {
    const image = await anImageOf({ packages: ['broken=1'] });
    registry.push('r.test/web:latest', image);
    const { capture } = registry;
    const request = { reference: REFERENCE, digest: image.digest };
    registry.capture = async () => {
      throw new Error('cut off');
    };
    await expect(indexImage(functionOf('a'), request)).rejects.toThrow('cut off');
    registry.capture = capture;
    const before = now;

    await indexImage(functionOf('b'), request);

    expect(now).toBe(before);
  });
});
