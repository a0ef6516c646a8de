import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { assessPush } from '../../actions/assess-push.ts';
import { deliverAlerts } from '../../actions/deliver-alerts.ts';
import { indexedImageKey, indexImage } from '../../actions/index-image.ts';
import type { WorkerName } from '../../actions/night-steps.ts';
import { FeedUnavailableError } from '../../actions/ports.ts';
import { RUN_FORMATS, readAllRows, readCurrentRun, readHeadState } from '../../actions/read-run.ts';
import { runNight } from '../../actions/run-night.ts';
import { hexOf, readObject } from '../../actions/stored-objects.ts';
import { parseReference } from '../../core/image/reference.ts';
import { inventoryKey } from '../../core/inventory/inventory-key.ts';
import { channelOf } from '../../core/lineage/channel.ts';
import type { LineageRow } from '../../core/lineage/lineage.ts';
import { type Run, runKeys } from '../../core/run/run.ts';
import { createNightWorkers } from '../../local/player/night-workers.ts';
import { createPlainSteps, type NightWorkers } from '../../local/player/plain-steps.ts';
import type { BuiltImage } from '../../local/world/build-image.ts';
import {
  anAdvisory,
  anImageOf,
  deploy,
  type FakePorts,
  fakePorts,
  type ImageSpec,
  playNight,
} from '../support/fake-ports.ts';
import { startTestDynamo, type TestDynamo } from '../support/test-dynamo.ts';

const HOST = '123456789012.dkr.ecr.eu-west-1.amazonaws.com';
const WEB = `${HOST}/web:latest`;
const CHANNEL = channelOf(parseReference(WEB));
const WORKLOAD = 'ecs/prod/web';
const LINEAGE = `${WORKLOAD}|app|linux/amd64`;

const CLEAN = { packages: ['openssl=3.5.1-r0'] };
const VULNERABLE = { packages: ['openssl=3.5.0-r0'] };

let dynamo: TestDynamo;
let ports: FakePorts;
let nights: number;
beforeAll(async () => {
  dynamo = await startTestDynamo();
});
afterAll(() => dynamo.stop());
beforeEach(async () => {
  ports = await fakePorts(dynamo);
  nights = 0;
});

/** Plays the next night; what it told, `kind subject`. */
async function night(): Promise<string[]> {
  ports.told.length = 0;
  await playNight(ports, new Date(Date.UTC(2026, 10, 21 + nights++, 2)).toISOString());
  return ports.told.map(({ kind, subject }) => `${kind} ${subject.replace(`${HOST}/`, '')}`);
}

async function run(): Promise<Run> {
  const current = await readCurrentRun(ports);
  if (!current) throw new Error('no night was committed');
  return current;
}

async function row(lineage = LINEAGE): Promise<LineageRow | undefined> {
  return (await readAllRows(ports.objects, await run())).find((each) => each.lineage === lineage);
}

async function push(spec: ImageSpec, reference = WEB): Promise<BuiltImage> {
  const image = await anImageOf(spec);
  ports.registry.push(reference, image);
  return image;
}

/** The push's event arrives. */
async function event({ digest }: BuiltImage, reference = WEB): Promise<void> {
  const { registry, repository, tag = '' } = parseReference(reference);
  await indexImage(ports, { reference: { registry, repository, tag }, digest });
  await assessPush(ports, { registry, repository, tag, digest, pushedAt: ports.now });
  await deliverAlerts(ports);
}

function advise(id: string, overrides: { fixed?: string; severity?: string } = {}): void {
  ports.feed.byId.set(id, anAdvisory(id, { name: 'openssl', fixed: '3.5.1-r0', ...overrides }));
}

function withdraw(id: string): void {
  const record = ports.feed.byId.get(id);
  ports.feed.byId.set(id, { ...(record as object), withdrawn: ports.now });
}

/** One deployed image and a first night. */
async function begin(spec: ImageSpec = CLEAN): Promise<void> {
  await push(spec);
  await deploy(ports, WORKLOAD, WEB);
  expect(await night()).toEqual(['baseline baseline']);
}

it('tells of an advisory over what runs, and of its end, in one thread', async () => {
  await begin(VULNERABLE);
  advise('CGA-1');
  expect(await night()).toEqual(['disclosed CGA-1']);
  const [disclosed] = ports.told;
  expect(await night()).toEqual([]);

  await push(CLEAN);
  await deploy(ports, WORKLOAD, WEB);

  expect(await night()).toEqual(['resolved CGA-1']);
  expect(ports.told[0]?.threadId).toBe(disclosed?.alertId);
  expect(await night()).toEqual([]);
});

it('waits with the end until the last workload has moved', async () => {
  await begin(VULNERABLE);
  await deploy(ports, 'ecs/prod/second', WEB);
  await night();
  advise('CGA-1');
  await night();
  await push(CLEAN);
  await deploy(ports, WORKLOAD, WEB);
  expect(await night()).toEqual([]);
  await deploy(ports, 'ecs/prod/second', WEB);
  expect(await night()).toEqual(['resolved CGA-1']);
});

it('tells of the same advisory anew when it is withdrawn and comes back', async () => {
  await begin(VULNERABLE);
  const record = () => advise('CGA-1');
  record();
  await night();
  const first = ports.told[0]?.alertId;
  withdraw('CGA-1');
  expect(await night()).toEqual(['resolved CGA-1']);
  record();
  expect(await night()).toEqual(['disclosed CGA-1']);
  expect(ports.told[0]?.alertId).not.toBe(first);
});

it('tells of a finding that was too little, when it is rated higher', async () => {
  await begin(VULNERABLE);
  advise('CGA-1', { severity: 'low' });
  expect(await night()).toEqual([]);
  advise('CGA-1', { severity: 'critical' });
  expect(await night()).toEqual(['disclosed CGA-1']);
});

it('reads no byte of an image that it knows', async () => {
  await begin();
  ports.registry.calls.length = 0;
  await night();
  expect(ports.registry.calls).toEqual([`resolve ${WEB}`]);
});

describe('a registry that cannot be reached', () => {
  it('is one problem, and what was pushed by day is not forgotten', async () => {
    advise('CGA-1');
    await begin();
    await event(await push(VULNERABLE));
    expect(ports.told.map(({ kind }) => kind)).toContain('regression');
    ports.registry.unreachable.add(HOST);

    expect(await night()).toEqual([`problem ${HOST}`]);

    expect(await run()).toMatchObject({ status: 'partial' });
    const repository = await row(`${CHANNEL}|linux/amd64`);
    expect(repository?.stale).toContain('does not answer');
    expect(repository?.items.map(({ ids }) => ids[0])).toEqual(['CGA-1']);
    ports.registry.unreachable.clear();
    expect(await night()).toEqual([`resolved ${HOST}`]);
  });

  it('does not bring back a platform that the last push dropped', async () => {
    await begin({ ...CLEAN, platforms: ['linux/amd64', 'linux/arm64'] });
    await event(await push(CLEAN));
    ports.registry.unreachable.add(HOST);
    await night();
    expect(await row(`${CHANNEL}|linux/amd64`)).toBeDefined();
    expect(await row(`${CHANNEL}|linux/arm64`)).toBeUndefined();
  });

  it('does not end what a channel brought that no night has seen yet', async () => {
    advise('CGA-1');
    await begin();
    const other = `${HOST}/api:latest`;
    await event(await push(CLEAN, other), other);
    await event(await push(VULNERABLE, other), other);
    ports.registry.unreachable.add(HOST);

    expect(await night()).toEqual([`problem ${HOST}`]);
    expect((await row(`${channelOf(parseReference(other))}|linux/amd64`))?.items).toHaveLength(1);
  });

  it('does not make a deployment of what everybody gets', async () => {
    advise('CGA-1');
    await begin();
    const image = await push(VULNERABLE);
    await indexImage(ports, { reference: parseReference(WEB), digest: image.digest });
    await deploy(ports, WORKLOAD, WEB);
    ports.registry.unreachable.add(HOST);
    expect(await night()).toEqual(['regression web:latest', `problem ${HOST}`]);

    ports.registry.unreachable.clear();
    expect(await night(), 'the repository joins').toEqual([`resolved ${HOST}`]);
  });

  it('does not fail the night of an upgrade, though nothing can be read anew', async () => {
    advise('CGA-1', {});
    await begin(VULNERABLE);
    const image = await anImageOf(VULNERABLE);
    ports.registry.unreachable.add(HOST);
    // Other extractors keep what they read under other keys, and earlier ones kept no documents.
    ports.objects.objects.delete(`images/documents/${hexOf(image.digest)}.json`);
    ports.objects.objects.delete(indexedImageKey(image.digest));
    ports.objects.objects.delete(inventoryKey(image.digest));
    for (const key of ports.objects.objects.keys()) {
      if (key.startsWith('fleet/')) ports.objects.objects.delete(key);
    }

    expect(await night()).toEqual(['problem web:latest', `problem ${HOST}`]);

    expect(await row()).toMatchObject({ stale: expect.any(String), digest: image.digest });
    expect((await row())?.items).toHaveLength(1);
    ports.registry.unreachable.clear();
    expect(await night()).toEqual(['resolved web:latest', `resolved ${HOST}`]);
    expect(await row()).toMatchObject({ stale: null });
  });
});

describe('a scope that could not be listed', () => {
  it('loses no workload, and ends nothing', async () => {
    advise('CGA-1');
    await begin();
    await push(VULNERABLE);
    await deploy(ports, WORKLOAD, WEB);
    expect(await night()).toEqual(['regression web:latest']);

    await push(CLEAN);
    const scope = ports.scopes.get('ecs/prod');
    if (scope) scope.failure = 'AccessDenied';
    expect(await night()).toEqual(['problem ecs/prod']);
    expect(await row()).toMatchObject({ stale: 'AccessDenied' });
    expect((await row())?.items).toHaveLength(1);
    expect(await run()).toMatchObject({ status: 'partial', unseen: ['ecs/prod: AccessDenied'] });

    if (scope) scope.failure = null;
    await deploy(ports, WORKLOAD, WEB);
    expect((await night()).sort()).toEqual(['resolved ecs/prod', 'resolved web:latest']);
  });

  it('is hit by an advisory all the same', async () => {
    await begin(VULNERABLE);
    const scope = ports.scopes.get('ecs/prod');
    if (scope) scope.failure = 'AccessDenied';
    advise('CGA-1');
    expect((await night()).sort()).toEqual(['disclosed CGA-1', 'problem ecs/prod']);
  });
});

describe('a workload', () => {
  it('that appears with root and a shell enters with them, and the next one joins', async () => {
    await begin();
    const admin = `${HOST}/admin:latest`;
    await push({ root: true, shell: true }, admin);
    await deploy(ports, 'ecs/prod/admin', admin);
    expect(await night()).toEqual(['new-workload admin:latest']);
    await deploy(ports, 'ecs/prod/admin-2', admin);
    expect(await night()).toEqual([]);
  });

  it('that runs no image that anybody can read is told, and is not called clean', async () => {
    await begin();
    await deploy(ports, 'ecs/prod/gone', `${HOST}/gone:1`, { digest: `sha256:${'0'.repeat(64)}` });
    expect(await night()).toEqual([`problem gone:1`]);
    expect(await run()).toMatchObject({ status: 'partial', expected: 2, scanned: 1 });
  });

  it('that runs on a platform its image does not have is told', async () => {
    await begin();
    const both = `${HOST}/both:1`;
    await push({ platforms: ['linux/arm64', 'linux/s390x'] }, both);
    await deploy(ports, 'ecs/prod/both', both);
    expect((await night()).map((each) => each.split(' ')[0])).toEqual(['problem']);
  });

  it('that names the platform’s digest runs what its channel points at', async () => {
    advise('CGA-1');
    await begin();
    const next = `${HOST}/next:latest`;
    const image = await push({ ...VULNERABLE, platforms: ['linux/amd64', 'linux/arm64'] }, next);
    const [amd64] = image.platforms;
    await deploy(ports, WORKLOAD, next, { digest: amd64?.manifest.digest ?? '' });
    expect(await night()).toEqual(['regression next:latest']);
    expect(ports.told[0]).toMatchObject({ cause: 'image', lineages: [LINEAGE] });
  });

  it('that follows a day late adopts what was told of its image', async () => {
    advise('CGA-1');
    await begin();
    const bad = await push(VULNERABLE);
    expect(await night()).toEqual(['regression web:latest']);
    const { digest } = bad;
    await push(CLEAN);
    await deploy(ports, WORKLOAD, WEB, { digest });
    expect(await night(), 'nothing new, and nothing over').toEqual([]);
    await deploy(ports, WORKLOAD, WEB);
    expect(await night()).toEqual(['resolved web:latest']);
  });
});

describe('tags without an order', () => {
  it('are followed by what runs, when the push was never heard of', async () => {
    advise('CGA-1');
    const [first, second] = [`${HOST}/web:sha-9f3c1ab`, `${HOST}/web:sha-1b2c3d4`];
    await push(CLEAN, first);
    await deploy(ports, WORKLOAD, first);
    await night();
    await push(VULNERABLE, second);
    await deploy(ports, WORKLOAD, second);

    expect(await night()).toEqual(['regression web:sha-1b2c3d4']);
    expect(ports.told[0]).toMatchObject({ cause: 'image' });

    await deploy(ports, 'ecs/prod/old', first);
    expect(await night(), 'one that is known is no newcomer').toEqual([]);
    const repository = await row(`${channelOf(parseReference(first))}|linux/amd64`);
    expect(repository?.reference).toBe(second);
  });
});

it('finds the newest version of a channel without any event', async () => {
  advise('CGA-1');
  const [first, second] = [`${HOST}/web:v1.9.0`, `${HOST}/web:v1.10.0`];
  await push(CLEAN, first);
  await deploy(ports, WORKLOAD, first);
  await night();
  await push(VULNERABLE, second);
  expect(await night()).toEqual(['regression web:v1.10.0']);
});

it('lets go of a channel whose tag is gone', async () => {
  await begin({ ...CLEAN, shell: true });
  ports.registry.deleteTag(WEB);
  expect(await night()).toEqual([]);
  expect(await row(`${CHANNEL}|linux/amd64`)).toBeUndefined();
  expect((await row())?.items, 'the workload still runs it').toHaveLength(1);
});

/** Plays the next night; `after` happens after each step, once it is done. Some steps never come. */
async function nightWith(
  after: (worker: WorkerName) => Promise<void>,
  lost: Partial<NightWorkers> = {},
): Promise<void> {
  const workers = { ...createNightWorkers(ports), ...lost };
  const steps = createPlainSteps(workers, new Map());
  ports.now = new Date(Date.UTC(2026, 10, 21 + nights++, 2)).toISOString();
  ports.told.length = 0;
  await runNight(
    {
      async invoke(step, worker, input) {
        const output = await steps.invoke(step, worker, input);
        await after(worker);
        return output;
      },
      invokeEach: steps.invokeEach,
    },
    { runId: ports.now },
  );
}

describe('a push while the night runs', () => {
  it('that nobody judged anew is compared by the advisories it was judged by', async () => {
    advise('CGA-1');
    await begin();
    ports.feed.byId.set('CGA-9', anAdvisory('CGA-9', { name: 'zlib' }));
    await nightWith(
      async (worker) => {
        if (worker === 'reconcile-images') {
          await event(await push({ packages: ['openssl=3.5.1-r0', 'zlib=1.3-r0'] }));
        }
      },
      { 'reassess-pushes': async () => ({ reassessed: 0 }) },
    );
    await event(await push({ packages: ['openssl=3.5.2-r0', 'zlib=1.3-r0'] }));
    expect(ports.told, 'the advisory brought it, and nothing runs it').toEqual([]);
  });

  it('keeps its thread, though the night never saw its channel', async () => {
    advise('CGA-1');
    await begin();
    const other = `${HOST}/api:latest`;
    await nightWith(async (worker) => {
      if (worker !== 'reconcile-images') return;
      await event(await push(CLEAN, other), other);
      await event(await push(VULNERABLE, other), other);
    });

    expect(ports.told.map(({ kind }) => kind)).toEqual(['regression']);
    expect((await run()).threads).toHaveLength(1);
    const head = await ports.state.head(channelOf(parseReference(other)));
    expect(head && (await readHeadState(ports.objects, head)).run, 'judged anew').toBe(ports.now);
    expect(await night()).toEqual([]);
  });
});

describe('a replay', () => {
  it.each(['match-fleet', 'compare-lineages', 'commit-run', 'deliver-alerts', 'write-report'])(
    'that lost the answer of %s comes to the same',
    async (lost) => {
      await begin(VULNERABLE);
      advise('CGA-1');
      const runId = new Date(Date.UTC(2026, 10, 21 + nights++, 2)).toISOString();
      const journal = new Map<string, string>();
      const workers = createNightWorkers(ports);
      ports.told.length = 0;
      await runNight(createPlainSteps(workers, journal), { runId });
      const once = await readObject(ports.objects, RUN_FORMATS.run, runKeys.run(runId));

      // The world has moved on; the night must not see it.
      advise('CGA-2');
      await push(CLEAN);
      await deploy(ports, WORKLOAD, WEB);
      journal.delete(lost);
      await runNight(createPlainSteps(workers, journal), { runId });
      await deliverAlerts(ports);

      expect(await readObject(ports.objects, RUN_FORMATS.run, runKeys.run(runId))).toEqual(once);
      expect(ports.told.map(({ subject }) => subject)).toEqual(['CGA-1']);
    },
  );
});

describe('feeds', () => {
  it('that cannot be read are held: yesterday’s snapshot judges, nothing ends', async () => {
    await begin(VULNERABLE);
    advise('CGA-1');
    await night();
    const [before] = (await run()).feeds;
    ports.feed.failure = new FeedUnavailableError('timed out');

    expect(await night()).toEqual(['feed wolfi']);

    const current = await run();
    expect(current).toMatchObject({ status: 'partial' });
    expect(current.feeds).toMatchObject([
      { state: 'held', failure: 'timed out', snapshot: before?.snapshot, records: before?.records },
    ]);
    expect((await row())?.items).toHaveLength(1);
    expect(await night(), 'told once').toEqual([]);
    ports.feed.failure = undefined;
    expect(await night()).toEqual(['resolved wolfi']);
  });

  it('that are read for the first time after the first night are a baseline of their own', async () => {
    advise('CGA-1');
    ports.feed.failure = new FeedUnavailableError('timed out');
    await push(VULNERABLE);
    await deploy(ports, WORKLOAD, WEB);
    expect(await night()).toEqual(['baseline baseline', 'feed wolfi']);
    expect(await run()).toMatchObject({ status: 'failed' });
    expect((await row())?.assessed).toBe(false);
    ports.feed.failure = undefined;

    expect(await night()).toEqual(['baseline wolfi', 'resolved wolfi']);
    expect((await row())?.items.map(({ origin }) => origin)).toEqual(['feed']);
  });
});

describe('watched tags', () => {
  const UPSTREAM = 'cgr.dev/chainguard/python:latest';
  const python = (minor: string) => ({ packages: [`python-${minor}=${minor}.0-r0`] });

  it('are silent when they are first seen, and told when a minor moves', async () => {
    ports.watched.push(UPSTREAM);
    await push(python('3.13'), UPSTREAM);
    expect(await night()).toEqual(['baseline baseline']);
    await push({ packages: ['python-3.13=3.13.1-r0'] }, UPSTREAM);
    expect(await night(), 'the same minor').toEqual([]);
    await push(python('3.14'), UPSTREAM);
    expect(await night()).toEqual([`drift ${UPSTREAM}`]);
    expect(await night()).toEqual([]);
    expect(await ports.state.observations(UPSTREAM)).toHaveLength(3);
  });

  it('that are added later begin in silence', async () => {
    await begin();
    ports.watched.push(UPSTREAM);
    await push(python('3.14'), UPSTREAM);
    expect(await night()).toEqual([]);
  });

  it('are told by the next night when one wrote them down and never came to its end', async () => {
    ports.watched.push(UPSTREAM);
    await push(python('3.13'), UPSTREAM);
    await night();
    await push(python('3.14'), UPSTREAM);
    const workers = createNightWorkers(ports);
    const broken = {
      ...workers,
      'list-feeds': async () => {
        throw new Error('the store is down');
      },
    };
    const runId = new Date(Date.UTC(2026, 10, 21 + nights++, 2)).toISOString();
    ports.now = runId;
    await expect(runNight(createPlainSteps(broken, new Map()), { runId })).rejects.toThrow('down');
    expect(await ports.state.observations(UPSTREAM)).toHaveLength(2);

    expect(await night()).toEqual([`drift ${UPSTREAM}`]);
    expect(await night(), 'once').toEqual([]);
    expect((await run()).changes, 'not only because it was delivered').toEqual({});
  });
});
