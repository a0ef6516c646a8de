import { beforeEach, describe, expect, it } from 'vitest';
import { indexBatch } from '../../actions/index-batch.ts';
import { findIndexedImage, type IndexPorts } from '../../actions/index-image.ts';
import { makeOnce, readNight } from '../../actions/night-objects.ts';
import { buildImage } from '../../local/world/build-image.ts';
import { PlatformSpec } from '../../local/world/platform-spec.ts';
import { anImageOf, createFakeRegistry, type FakeRegistry } from '../support/fake-ports.ts';
import { createMemoryObjectStore, type MemoryObjectStore } from '../support/memory-object-store.ts';

const BASE = 'r.test/base:latest';

let registry: FakeRegistry;
let objects: MemoryObjectStore;
let ports: IndexPorts;
beforeEach(() => {
  registry = createFakeRegistry();
  objects = createMemoryObjectStore();
  ports = { images: registry, objects, log: { info: () => {}, warn: () => {} } };
});

/** Runs the first batch of a plan of these images. */
async function run(images: readonly { readonly reference: string; readonly digest: string }[]) {
  const plan = await makeOnce(objects, 'plan', 'plan.json', async () => ({
    channels: [],
    images,
    gone: [],
    unasked: [],
  }));
  const { results } = await indexBatch(ports)({ runId: 'night', plan, batch: 0 });
  return readNight(objects, 'results', results);
}

it('reads a layer once that many images of the batch share', async () => {
  const base = await anImageOf({ packages: ['openssl=3.5.0-r0'] });
  const wanted = [];
  for (let n = 0; n < 6; n++) {
    const layers = [{ files: { 'app/part': String(n) } }];
    const platform = PlatformSpec.parse({ base: BASE, layers });
    const image = await buildImage({ 'linux/amd64': platform }, () => base);
    registry.push(`r.test/app-${n}:latest`, image);
    wanted.push({ reference: `r.test/app-${n}:latest`, digest: image.digest });
  }
  const [layer] = base.platforms[0]?.layers ?? [];

  expect(await run(wanted)).toEqual({ failures: [], reread: [] });

  const captures = registry.calls.filter((call) => call.startsWith('capture'));
  expect(captures.filter((call) => call.endsWith(layer?.descriptor.digest ?? ''))).toHaveLength(1);
  expect(captures).toHaveLength(1 + wanted.length);
});

describe('one image of a batch that cannot be read', () => {
  it('is named, and the others are indexed', async () => {
    const image = await anImageOf({ packages: ['openssl=3.5.0-r0'] });
    registry.push('r.test/good:latest', image);
    const gone = `sha256:${'0'.repeat(64)}`;

    const { failures } = await run([
      { reference: 'r.test/gone:latest', digest: gone },
      { reference: 'r.test/good:latest', digest: image.digest },
    ]);

    expect(failures).toMatchObject([{ digest: gone, error: 'ImageNotFoundError' }]);
    expect(await findIndexedImage(objects, image.digest)).toBeDefined();
  });

  it('is not blamed when it is our store that fails', async () => {
    const image = await anImageOf({ packages: ['openssl=3.5.0-r0'] });
    registry.push('r.test/good:latest', image);
    const put = objects.put.bind(objects);
    const failing = {
      ...objects,
      put: (key: string, bytes: Uint8Array) =>
        key.startsWith('captures/') ? Promise.reject(new Error('disk full')) : put(key, bytes),
    };
    ports = { ...ports, objects: failing };

    await expect(run([{ reference: 'r.test/good:latest', digest: image.digest }])).rejects.toThrow(
      'disk full',
    );
  });
});
