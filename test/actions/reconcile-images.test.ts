import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { indexImage } from '../../actions/index-image.ts';
import { addListed } from '../../actions/listed-channels.ts';
import { type NightPlan, type ObservedTag, readNight } from '../../actions/night-objects.ts';
import type { RegistryListing } from '../../actions/ports.ts';
import { BATCH, reconcileImages } from '../../actions/reconcile-images.ts';
import { rememberDeployments } from '../../actions/remember-deployments.ts';
import { writeObject } from '../../actions/stored-objects.ts';
import { digestOf } from '../../core/image/digest.ts';
import { parseReference } from '../../core/image/reference.ts';
import { anImageOf, deploy, type FakePorts, fakePorts } from '../support/fake-ports.ts';
import { aHead } from '../support/state-builders.ts';
import { startTestDynamo, type TestDynamo } from '../support/test-dynamo.ts';

const HOST = 'r.test';
const runId = '2026-11-21T02:00:00.000Z';

let dynamo: TestDynamo;
let ports: FakePorts;
beforeAll(async () => {
  dynamo = await startTestDynamo();
});
afterAll(() => dynamo.stop());
beforeEach(async () => {
  ports = await fakePorts(dynamo);
});

async function reconcile(
  tags: readonly ObservedTag[] = [],
): Promise<NightPlan & { batches: number }> {
  const { objects } = ports;
  const listed = await ports.deployments.list();
  const scopes = rememberDeployments({ scopes: listed, past: [], at: runId, days: 14 });
  const deployments = await writeObject(objects, 'night-deployments/1', 'deployments', scopes);
  const moves = await writeObject(objects, 'night-moves/1', 'moves', tags);
  const { plan, batches } = await reconcileImages(ports)({ runId, moves, deployments });
  return { ...(await readNight(objects, 'plan', plan)), batches };
}

/** Pushes an image of its own under each name. */
async function push(...names: readonly string[]): Promise<void> {
  for (const name of names) {
    ports.registry.push(name, await anImageOf({ packages: [`${name.replaceAll(/\W/g, '-')}=1`] }));
  }
}

async function index(name: string): Promise<void> {
  const reference = parseReference(name);
  const { digest } = await ports.registry.resolve(reference);
  await indexImage(ports, { reference, digest });
}

it('plans nothing where there is nothing', async () => {
  expect(await reconcile()).toEqual({
    registries: [],
    channels: [],
    images: [],
    gone: [],
    unasked: [],
    batches: 0,
  });
});

it('wants what runs, what moved and what channels point at, but for what is indexed', async () => {
  await push('r.test/known:latest', 'r.test/new:latest', 'cgr.dev/python:latest');
  await index('r.test/known:latest');
  await deploy(ports, 'ecs/prod/known', 'r.test/known:latest');
  await deploy(ports, 'ecs/prod/new', 'r.test/new:latest');
  const upstream = await ports.registry.resolve(parseReference('cgr.dev/python:latest'));
  const past = digestOf('past');
  const { images, channels, batches } = await reconcile([
    {
      image: 'cgr.dev/python:latest',
      moves: [{ at: runId, digest: upstream.digest }],
      toRead: [past, upstream.digest],
      isPolled: false,
      failure: null,
    },
  ]);

  expect(images.map(({ reference }) => reference).sort()).toEqual([
    'cgr.dev/python:latest',
    'cgr.dev/python:latest',
    'r.test/new:latest',
  ]);
  expect(channels.map(({ channel }) => channel)).toEqual([
    'r.test/known|latest',
    'r.test/new|latest',
  ]);
  expect(batches).toBe(1);
});

it('cuts what it wants into batches', async () => {
  const digests = Array.from({ length: BATCH + 1 }, (_, each) => digestOf(`${each}`));
  for (const [each, digest] of digests.entries()) {
    await deploy(ports, `ecs/prod/w-${each}`, `r.test/w-${each}:latest`, { digest });
  }
  expect(await reconcile()).toMatchObject({ batches: 2 });
});

it('asks each repository for its tags once, and follows its newest version', async () => {
  await push(
    'r.test/web:v1.9.0',
    'r.test/web:v1.10.0',
    'r.test/web:v1.9.0-debug',
    'r.test/web:v2.0.0-rc1',
  );
  await deploy(ports, 'ecs/prod/a', 'r.test/web:v1.9.0');
  await deploy(ports, 'ecs/prod/b', 'r.test/web:v1.9.0-debug');
  ports.registry.calls.length = 0;

  const { channels } = await reconcile();

  expect(channels.map(({ channel, reference }) => [channel, reference])).toEqual([
    ['r.test/web|', 'r.test/web:v1.10.0'],
    ['r.test/web|debug', 'r.test/web:v1.9.0-debug'],
  ]);
  expect(ports.registry.calls.filter((call) => call.startsWith('tags'))).toEqual(['tags web']);
});

it('knows a channel by its head, and names the version that it saw', async () => {
  await push('r.test/web:latest');
  await ports.state.commitHead(
    aHead({
      channel: 'r.test/web|latest',
      reference: 'r.test/web:latest',
      version: 7,
      state: await anEmptyState(),
    }),
  );
  expect((await reconcile()).channels).toMatchObject([
    { channel: 'r.test/web|latest', headVersion: 7, failure: null },
  ]);
});

function anEmptyState(): Promise<string> {
  return writeObject(ports.objects, 'head-state/1', 'heads/empty', {
    rows: [],
    threads: [],
    told: [],
    run: null,
  });
}

describe('a channel', () => {
  beforeEach(async () => {
    await push('r.test/web:latest');
    await deploy(ports, 'ecs/prod/web', 'r.test/web:latest');
  });

  it('whose registry cannot be asked says why', async () => {
    ports.registry.unreachable.add(HOST);
    expect((await reconcile()).channels).toMatchObject([
      { digest: null, failure: 'RegistryUnavailableError: r.test does not answer' },
    ]);
  });

  it('whose tag is gone points at nothing, which is no failure', async () => {
    ports.registry.deleteTag('r.test/web:latest');
    expect((await reconcile()).channels).toMatchObject([{ digest: null, failure: null }]);
  });
});

it('keeps its plan, whatever the registry says when it is asked again', async () => {
  await push('r.test/web:latest');
  await deploy(ports, 'ecs/prod/web', 'r.test/web:latest');
  const first = await reconcile();
  ports.registry.deleteTag('r.test/web:latest');
  expect(await reconcile()).toEqual(first);
});

describe('a registry that was listed whole', () => {
  const at = (minute: number) => new Date(Date.UTC(2026, 10, 20, 0, minute)).toISOString();

  /** What each tag was pushed at, in minutes. */
  function list(tags: Record<string, number>, more: Partial<RegistryListing> = {}): void {
    ports.listings.push({
      scope: 'ecr/eu-west-1',
      failure: null,
      repositories: [
        {
          registry: HOST,
          repository: 'web',
          images: Object.entries(tags).map(([tag, minute]) => ({
            digest: digestOf(tag),
            tags: [tag],
            pushedAt: at(minute),
          })),
        },
      ],
      ...more,
    });
  }

  async function channels(): Promise<readonly (readonly [string, string])[]> {
    return (await reconcile()).channels.map(({ channel, reference }) => [channel, reference]);
  }

  it('makes its channels known, each by its newest tag', async () => {
    await push('r.test/web:v1.9.0', 'r.test/web:v1.10.0', 'r.test/web:latest');
    list({ 'v1.10.0': 1, 'v1.9.0': 2, latest: 3 });
    ports.registry.calls.length = 0;

    expect(await channels()).toEqual([
      ['r.test/web|', 'r.test/web:v1.10.0'],
      ['r.test/web|latest', 'r.test/web:latest'],
    ]);
    expect(ports.registry.calls.filter((call) => call.startsWith('tags'))).toEqual([]);
  });

  it('knows the last of tags that come in no order by its time', async () => {
    await push('r.test/web:sha-0000aaa', 'r.test/web:sha-1111bbb');
    list({ 'sha-0000aaa': 2, 'sha-1111bbb': 1 });

    expect(await channels()).toEqual([['r.test/web|', 'r.test/web:sha-0000aaa']]);
  });

  it.each([
    ['a later push, which nobody has heard of,', 3, 'r.test/web:sha-1111bbb'],
    ['an earlier push', 1, 'r.test/web:sha-0000aaa'],
  ])('lets %s be the channel or not', async (_what, minute, expected) => {
    await push('r.test/web:sha-0000aaa', 'r.test/web:sha-1111bbb');
    const head = {
      channel: 'r.test/web|',
      reference: 'r.test/web:sha-0000aaa',
      pushedAt: at(2),
      state: await anEmptyState(),
    };
    await ports.state.commitHead(aHead(head));
    list({ 'sha-0000aaa': 0, 'sha-1111bbb': minute });

    const { channels: planned } = await reconcile();

    expect(planned).toMatchObject([{ channel: 'r.test/web|', reference: expected }]);
    expect(planned[0]?.headVersion).toBe(aHead(head).version);
  });

  it('that could not be is unseen; what is known of it is asked for all the same', async () => {
    await push('r.test/web:v1', 'r.test/web:v2');
    await deploy(ports, 'ecs/prod/a', 'r.test/web:v1');
    list({}, { repositories: [], failure: 'throttled' });

    const plan = await reconcile();

    expect(plan.registries).toEqual([{ scope: 'ecr/eu-west-1', failure: 'throttled' }]);
    expect(plan.channels).toMatchObject([{ reference: 'r.test/web:v2', failure: null }]);
  });

  it('gives the same plan in whatever order it lists', async () => {
    const tags = ['v1', 'v2', 'sha-0000aaa', 'sha-1111bbb', 'latest', 'v2-debug', 'v3-debug'];
    await push(...tags.map((tag) => `r.test/web:${tag}`));
    const image = (tag: string, minute: number) => ({
      digest: digestOf(tag),
      tags: [tag],
      pushedAt: at(minute),
    });
    await fc.assert(
      fc.property(
        fc.shuffledSubarray(tags),
        fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 7, maxLength: 7 }),
        (chosen, minutes) => {
          const images = chosen.map((tag) => image(tag, minutes[tags.indexOf(tag)] ?? 0));
          const planOf = (of: typeof images) =>
            addListed(
              [],
              [
                {
                  scope: 'ecr',
                  failure: null,
                  repositories: [{ registry: HOST, repository: 'web', images: of }],
                },
              ],
            );
          expect(planOf(images.toReversed())).toEqual(planOf(images));
        },
      ),
    );
  });
});
