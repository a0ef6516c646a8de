import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { RUN_FORMATS, readAllRows, readCurrentRun } from '../../actions/read-run.ts';
import { writeObject } from '../../actions/stored-objects.ts';
import type { Capture } from '../../core/image/capture.ts';
import { WANTED_VERSION } from '../../core/image/wanted-files.ts';
import { decodeObject, encodeObject } from '../../core/object/json-object.ts';
import { type Run, runKeys } from '../../core/run/run.ts';
import {
  anAdvisory,
  anImageOf,
  deploy,
  type FakePorts,
  fakePorts,
  playNight,
} from '../support/fake-ports.ts';
import { startTestDynamo, type TestDynamo } from '../support/test-dynamo.ts';

// An upgrade between two nights, whose extractors want more of images than was kept of them.

const HOST = '123456789012.dkr.ecr.eu-west-1.amazonaws.com';
const APPS = ['api', 'job', 'web'];

let dynamo: TestDynamo;
let ports: FakePorts;
let day = 0;

beforeAll(async () => {
  dynamo = await startTestDynamo();
});
afterAll(() => dynamo.stop());

beforeEach(async () => {
  ports = await fakePorts(dynamo);
  day = 0;
  ports.feed.byId.set('CGA-1', anAdvisory('CGA-1', { name: 'openssl', fixed: '3.5.1-r0' }));
  for (const name of APPS) {
    const reference = `${HOST}/${name}:latest`;
    const packages = ['openssl=3.5.0-r0', `${name}=1-r0`];
    ports.registry.push(reference, await anImageOf({ packages, shell: true }));
    await deploy(ports, `ecs/prod/${name}`, reference);
    // One night for each, so that one has run longer than the next.
    await night();
  }
  await night();
  ports.registry.calls.length = 0;
});

/** Plays the next night; what it told. */
async function night(): Promise<string[]> {
  const told = ports.told.length;
  day += 1;
  await playNight(ports, `2026-11-0${day}T02:00:00.000Z`);
  return ports.told.slice(told).map(({ title }) => title);
}

async function lastRun(): Promise<Run> {
  const run = await readCurrentRun(ports);
  if (!run) throw new Error('no night');
  return run;
}

async function openItems(): Promise<string[]> {
  const rows = await readAllRows(ports.objects, await lastRun());
  return rows.flatMap(({ lineage, items }) => items.map(({ key }) => `${lineage} ${key}`)).sort();
}

/** What was asked of registries that has bytes of images; what tags point at is another question. */
function contentCalls(): string[] {
  const calls = ports.registry.calls.filter((call) =>
    /^(manifest|blob|capture|referrers)/.test(call),
  );
  ports.registry.calls.length = 0;
  return calls.map((call) => call.replace(/ .*/, ''));
}

/** Leaves what earlier code would have left: captures that lack something, and nothing of today's extractors. */
async function upgrade(): Promise<void> {
  const { objects } = ports.objects;
  for (const [key, bytes] of [...objects]) {
    if (/^(inventories|fleet|images\/[0-9a-f]{12})\//.test(key)) objects.delete(key);
    if (!key.startsWith(`captures/${WANTED_VERSION}/`)) continue;
    const { facts: _, ...capture } = decodeObject<Capture>('capture/1', bytes);
    const entries = capture.entries.filter(({ path }) => path !== 'bin/sh');
    const older = { ...capture, wanted: WANTED_VERSION - 1, entries };
    objects.delete(key);
    objects.set(
      key.replace(`/${WANTED_VERSION}/`, `/${WANTED_VERSION - 1}/`),
      encodeObject('capture/1', older),
    );
  }
  const run = await lastRun();
  objects.delete(runKeys.run(run.runId));
  const engine = 'of-before.1';
  await writeObject(ports.objects, RUN_FORMATS.run, runKeys.run(run.runId), { ...run, engine });
}

it('asks no registry for what is kept, and serves it as what it is', async () => {
  const before = await openItems();
  await upgrade();

  expect(await night()).toEqual([]);

  expect(contentCalls()).toEqual([]);
  const after = await openItems();
  expect(after).toEqual(before.filter((item) => !item.endsWith('check|shell')));
  expect(after).not.toEqual(before);
  expect(await lastRun()).toMatchObject({
    status: 'complete',
    scanned: 3,
    found: [],
    captures: { older: 3, reread: 0, bytes: 0, failed: [] },
  });
});

it('reads again what its budget allows, the newest first, and tells nobody what that shows', async () => {
  const before = await openItems();
  await upgrade();
  await night();

  for (const [left, name] of [
    [2, 'web'],
    [1, 'job'],
    [0, 'api'],
  ] as const) {
    contentCalls();
    expect(await night()).toEqual([]);
    expect(contentCalls()).toEqual(['capture']);
    const { captures } = await lastRun();
    expect(captures).toMatchObject({ older: left, reread: 1, failed: [] });
    expect(captures?.bytes).toBeGreaterThan(1000);
    const shells = (await openItems()).filter((item) => item.endsWith('check|shell'));
    expect(shells.filter((item) => item.includes(`/${name}|`))).not.toEqual([]);
  }

  expect(await openItems()).toEqual(before);
  expect(await night()).toEqual([]);
  expect(contentCalls()).toEqual([]);
  expect(await lastRun()).not.toHaveProperty('captures');
});

it('stays within its bytes, but for the first image', async () => {
  Object.assign(ports, { reread: { images: 10, bytes: 1 } });
  await upgrade();
  await night();
  contentCalls();

  await night();

  expect(contentCalls()).toEqual(['capture']);
  expect((await lastRun()).captures).toMatchObject({ older: 2, reread: 1 });
});

it('writes down what could not be read again, and tries it once more behind the others', async () => {
  await upgrade();
  await night();
  const capture = ports.registry.capture;
  Object.assign(ports.registry, {
    capture: () => Promise.reject(new RangeError('an image that breaks us')),
  });

  expect(await night()).toEqual([]);

  const [failed] = (await lastRun()).captures?.failed ?? [];
  expect(await lastRun()).toMatchObject({
    status: 'complete',
    captures: {
      older: 3,
      reread: 0,
      bytes: 0,
      failed: [{ reason: expect.stringContaining('breaks us') }],
    },
  });
  Object.assign(ports.registry, { capture });
  await night();
  await night();
  expect((await lastRun()).captures).toMatchObject({ older: 1, failed: [] });
  await night();
  expect((await lastRun()).captures).toMatchObject({ older: 0, reread: 1 });
  expect(failed).toBeDefined();
});

it('reads an image that is new with all that is wanted, though a layer of it is kept by older code', async () => {
  await upgrade();
  await night();
  contentCalls();
  const packages = ['openssl=3.5.0-r0', 'web=1-r0'];
  Object.assign(ports, { reread: { images: 0, bytes: 0 } });
  // The same layer under another config.
  ports.registry.push(`${HOST}/new:latest`, await anImageOf({ packages, shell: true, root: true }));
  await deploy(ports, 'ecs/prod/new', `${HOST}/new:latest`);

  await night();

  expect(contentCalls().filter((call) => call === 'capture')).toHaveLength(1);
  const shells = (await openItems()).filter((item) => item.endsWith('check|shell'));
  expect(shells.every((item) => item.includes('/new|'))).toBe(true);
  expect(shells).not.toEqual([]);
});

it('keeps what is opaque open while older captures cannot tell, and ends it when it is gone', async () => {
  const reference = `${HOST}/web:latest`;
  const packages = ['openssl=3.5.0-r0', 'web=2-r0'];
  ports.registry.push(reference, await anImageOf({ packages, opaque: true }));
  await deploy(ports, 'ecs/prod/web', reference);
  expect(await night()).toEqual([expect.stringContaining('got worse: opaque')]);
  await upgrade();

  expect(await night()).toEqual([]);
  expect(await openItems()).toContainEqual(
    expect.stringContaining('ecs/prod/web|app|linux/amd64 check|opaque'),
  );

  ports.registry.push(reference, await anImageOf({ packages: [...packages, 'zlib=1-r0'] }));
  await deploy(ports, 'ecs/prod/web', reference);
  expect(await night()).toEqual([expect.stringContaining('Resolved')]);
});

it('does not take for new what the next image has of one that older captures tell of', async () => {
  const reference = `${HOST}/api:latest`;
  const packages = ['openssl=3.5.0-r0', 'api=2-r0'];
  await upgrade();
  await night();

  ports.registry.push(reference, await anImageOf({ packages, opaque: true }));
  await deploy(ports, 'ecs/prod/api', reference);
  expect(await night()).toEqual([]);
  expect(await openItems()).toContainEqual(expect.stringMatching(/api.* check\|opaque$/));
});
