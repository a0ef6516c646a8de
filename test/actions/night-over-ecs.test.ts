import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readAllRows, readCurrentRun } from '../../actions/read-run.ts';
import { createEcsDeployments } from '../../adapters/aws/ecs-deployments.ts';
import type { LineageRow } from '../../core/lineage/lineage.ts';
import type { Run } from '../../core/run/run.ts';
import { aTask, type EcsTask, type FakeEcs, startFakeEcs } from '../support/fake-ecs.ts';
import {
  anAdvisory,
  anImageOf,
  type FakePorts,
  fakePorts,
  type ImageSpec,
  playNight,
} from '../support/fake-ports.ts';
import { startTestDynamo, type TestDynamo } from '../support/test-dynamo.ts';

const WEB = 'r.test/web:latest';
const LINEAGE = 'ecs/prod/web|app|linux/amd64';

const CLEAN = { packages: ['openssl=3.5.1-r0'] };
const VULNERABLE = { packages: ['openssl=3.5.0-r0'] };
const ROOT = { ...CLEAN, root: true };

let dynamo: TestDynamo;
let ecs: FakeEcs;
let ports: FakePorts;
let nights: number;
beforeAll(async () => {
  dynamo = await startTestDynamo();
});
afterAll(() => dynamo.stop());
beforeEach(async () => {
  ecs = await startFakeEcs();
  ports = await fakePorts(dynamo);
  Object.assign(ports, { deployments: createEcsDeployments(ecs.client) });
  nights = 0;
});
afterEach(() => ecs[Symbol.asyncDispose]());

/** Plays the next night; what it told, `kind subject`. */
async function night(): Promise<string[]> {
  ports.told.length = 0;
  await playNight(ports, new Date(Date.UTC(2026, 10, 21 + nights++, 2)).toISOString());
  return ports.told.map(({ kind, subject }) => `${kind} ${subject}`).sort();
}

async function run(): Promise<Run> {
  const current = await readCurrentRun(ports);
  if (!current) throw new Error('no night was committed');
  return current;
}

async function workloads(): Promise<LineageRow[]> {
  const rows = await readAllRows(ports.objects, await run());
  return rows
    .filter(({ kind }) => kind === 'workload')
    .sort((a, b) => (a.lineage < b.lineage ? -1 : 1));
}

let started = 0;

/** Pushes an image, and a task that runs it. */
async function aRunning(spec: ImageSpec): Promise<EcsTask> {
  const image = await anImageOf(spec);
  ports.registry.push(WEB, image);
  return aTask({ image: WEB, digest: image.digest, startedAt: ++started });
}

function runsIn(cluster: string, ...tasks: EcsTask[]): void {
  ecs.clusters.set(cluster, tasks);
}

/** Lets nights pass that are not looked at. */
function skip(days: number): void {
  nights += days;
}

/** A first night, and one in which an advisory hits what runs. */
async function beginDisclosed(): Promise<EcsTask> {
  const task = await aRunning(VULNERABLE);
  runsIn('prod', task);
  expect(await night()).toEqual(['baseline baseline']);
  ports.feed.byId.set('CGA-1', anAdvisory('CGA-1', { name: 'openssl', fixed: '3.5.1-r0' }));
  expect(await night()).toEqual(['disclosed CGA-1']);
  return task;
}

describe('a night that is refused', () => {
  it.each([
    ['ListTasks', 'ecs/us-east-1/prod'],
    ['DescribeTasks', 'ecs/us-east-1/prod'],
    ['ListClusters', 'ecs/us-east-1'],
  ])('%s ends nothing, and says what it could not see', async (call, scope) => {
    await beginDisclosed();
    const before = await workloads();
    // Though the channel is clean meanwhile.
    ports.registry.push(WEB, await anImageOf(CLEAN));
    ecs.refuse = ({ name }) => (name === call ? { error: 'AccessDeniedException' } : undefined);

    expect(await night()).toEqual([`problem ${scope}`]);
    const failure = `${call}: AccessDeniedException: refused`;
    expect(await run()).toMatchObject({ status: 'partial', unseen: [`${scope}: ${failure}`] });
    expect(await workloads()).toEqual(before.map((row) => ({ ...row, stale: failure })));

    ecs.refuse = () => undefined;
    runsIn('prod', await aRunning(CLEAN));
    expect(await night()).toEqual(['resolved CGA-1', `resolved ${scope}`]);
    expect(await run()).toMatchObject({ status: 'complete', unseen: [] });
  });

  it('does not call a cluster seen again when the list of clusters is refused too', async () => {
    await beginDisclosed();
    ecs.refuse = ({ name }) =>
      name === 'ListTasks' ? { error: 'AccessDeniedException' } : undefined;
    expect(await night()).toEqual(['problem ecs/us-east-1/prod']);
    ecs.refuse = () => ({ error: 'AccessDeniedException' });
    expect(await night()).toEqual(['problem ecs/us-east-1']);

    ecs.refuse = () => undefined;
    expect(await night()).toEqual(['resolved ecs/us-east-1', 'resolved ecs/us-east-1/prod']);
  });
});

describe('a service that is scaled to zero', () => {
  beforeEach(async () => {
    await beginDisclosed();
    ports.registry.push(WEB, await anImageOf(CLEAN));
    ecs.services.set('prod', ['web']);
    runsIn('prod');
  });

  it('counts as running for fourteen days, and is hit by what is disclosed meanwhile', async () => {
    expect(await night()).toEqual([]);
    expect(await run()).toMatchObject({ status: 'complete' });
    expect(await workloads()).toMatchObject([{ lineage: LINEAGE, stale: null }]);
    ports.feed.byId.set('CGA-2', anAdvisory('CGA-2', { name: 'openssl', fixed: '3.5.1-r0' }));
    expect(await night()).toEqual(['disclosed CGA-2']);
    skip(11);
    expect(await night(), 'the fourteenth day').toEqual([]);
    const page = new TextDecoder().decode(
      ports.objects.objects.get(`runs/${(await run()).runId}/report.html`),
    );
    expect(page).toContain('ecs/prod/web (app, linux/amd64), last seen 2026-11-22 02:00 UTC');

    expect(await night()).toEqual(['resolved CGA-1', 'resolved CGA-2']);
    expect(await workloads()).toEqual([]);
  });

  it('is no new workload when it comes back, with another image or the same', async () => {
    await night();
    const root = await aRunning({ ...VULNERABLE, root: true });
    runsIn('prod', root);
    expect(await night()).toEqual([`regression ${WEB}`]);

    runsIn('prod');
    expect(await night()).toEqual([]);
    runsIn('prod', root);
    expect(await night()).toEqual([]);
  });

  it('is over at once when it is deleted', async () => {
    expect(await night()).toEqual([]);
    ecs.services.set('prod', []);
    expect(await night()).toEqual(['resolved CGA-1']);
  });

  it('ends nothing while nobody can see which services there are', async () => {
    ecs.refuse = ({ name }) =>
      name === 'ListServices' ? { error: 'AccessDeniedException' } : undefined;
    expect(await night()).toEqual(['problem ecs/us-east-1/prod']);
    skip(20);
    expect(await night()).toEqual([]);

    ecs.refuse = () => undefined;
    expect(await night(), 'it may have run yesterday').toEqual(['resolved ecs/us-east-1/prod']);
    skip(13);
    expect(await night()).toEqual(['resolved CGA-1']);
  });

  it('is over at once where nothing is remembered', async () => {
    ports.rememberDays = 0;
    expect(await night()).toEqual(['resolved CGA-1']);
  });
});

it('knows a scheduled task between its runs', async () => {
  const task = { ...(await aRunning({ ...CLEAN, shell: true })), group: 'family:nightly' };
  runsIn('prod', task);
  await night();
  runsIn('prod');
  expect(await night()).toEqual([]);
  expect(await workloads()).toMatchObject([
    { lineage: 'ecs/prod/task/web-family|app|linux/amd64' },
  ]);
  runsIn('prod', task);
  expect(await night()).toEqual([]);
});

it('goes on telling of an image that nobody can read, while nobody sees who runs it', async () => {
  runsIn('prod', aTask({ image: 'r.test/lost:1' }));
  ecs.services.set('prod', ['web']);
  expect(await night()).toEqual(['baseline baseline', 'problem r.test/lost:1']);
  runsIn('prod');
  expect(await night(), 'scaled to zero').toEqual([]);
  ecs.refuse = ({ name }) =>
    name === 'ListTasks' ? { error: 'AccessDeniedException' } : undefined;
  expect(await night()).toEqual(['problem ecs/us-east-1/prod']);
  ecs.refuse = () => undefined;
  ecs.services.clear();
  expect(await night()).toEqual(['resolved ecs/us-east-1/prod', 'resolved r.test/lost:1']);
});

it('ends what ran in a cluster that is there no more', async () => {
  await beginDisclosed();
  ecs.clusters.clear();
  ports.registry.push(WEB, await anImageOf(CLEAN));

  expect(await night()).toEqual(['resolved CGA-1']);
  expect(await workloads()).toEqual([]);
});

describe('a deployment under way', () => {
  it('keeps what is wrong with the old image open for as long as it runs', async () => {
    const old = await beginDisclosed();
    const next = await aRunning(CLEAN);
    runsIn('prod', old, next);

    expect(await night(), 'nothing is over yet').toEqual([]);
    const digests = [next, old].map(digestIn);
    expect((await workloads()).map(({ lineage, imageDigest }) => [lineage, imageDigest])).toEqual([
      [LINEAGE, digests[0]],
      [`${LINEAGE}|${digests[1]}`, digests[1]],
    ]);
    expect(await run()).toMatchObject({ status: 'complete', scanned: 2 });

    runsIn('prod', next);
    expect(await night()).toEqual(['resolved CGA-1']);
    expect((await workloads()).map(({ lineage }) => lineage)).toEqual([LINEAGE]);
  });

  it('tells of the new image once, and nothing when it is rolled back but its end', async () => {
    const old = await beginDisclosed();
    const next = await aRunning(ROOT);
    runsIn('prod', old, next);
    expect(await night()).toEqual([`regression ${WEB}`]);
    expect(await night()).toEqual([]);

    ports.registry.push(WEB, await anImageOf(CLEAN));
    runsIn('prod', { ...old, startedAt: ++started });
    expect(await night()).toEqual([`resolved ${WEB}`]);
    expect((await workloads()).map(({ lineage, imageDigest }) => [lineage, imageDigest])).toEqual([
      [LINEAGE, digestIn(old)],
    ]);
  });

  it('comes to the same when an old task was replaced after the first new one started', async () => {
    const old = await beginDisclosed();
    const next = await aRunning(ROOT);
    runsIn('prod', next, { ...old, startedAt: ++started });
    expect(await night()).toEqual([`regression ${WEB}`]);

    runsIn('prod', next);
    expect(await night()).toEqual(['resolved CGA-1']);
  });
});

it('asks for no tag where a digest alone was deployed', async () => {
  const image = await anImageOf(VULNERABLE);
  ports.registry.push('r.test/pinned:1', image);
  runsIn('prod', aTask({ image: `r.test/pinned@${image.digest}`, digest: null }));

  expect(await night()).toEqual(['baseline baseline']);
  expect(await run()).toMatchObject({ status: 'complete', scanned: 1 });
  const questions = ports.registry.calls.filter((call) => call.startsWith('resolve'));
  // Whether something is attached is asked by a tag that is a digest.
  expect(questions.filter((call) => !/\.(?:att|sbom)$/.test(call))).toEqual([]);
});

function digestIn({ containers }: EcsTask): unknown {
  return (containers as { imageDigest: string }[])[0]?.imageDigest;
}
