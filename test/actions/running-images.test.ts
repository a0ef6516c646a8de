import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readCurrentRun } from '../../actions/read-run.ts';
import { AccessDeniedError, ImageNotFoundError } from '../../core/image/errors.ts';
import { runKeys } from '../../core/run/run.ts';
import { anImageOf, deploy, type FakePorts, fakePorts, playNight } from '../support/fake-ports.ts';
import { startTestDynamo, type TestDynamo } from '../support/test-dynamo.ts';

const HOST = '123456789012.dkr.ecr.eu-west-1.amazonaws.com';
const WEB = `${HOST}/web:v1`;
const NEWER = `${HOST}/web:v2`;

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
  ports.registry.push(WEB, await anImageOf());
  await deploy(ports, 'ecs/prod/web', WEB);
  await deploy(ports, 'ecs/prod/admin', WEB);
  expect(await night()).toEqual(['baseline baseline']);
});

/** Plays the next night; what it told, `kind title`, resolved ones by their subject. */
async function night(): Promise<string[]> {
  ports.told.length = 0;
  await playNight(ports, new Date(Date.UTC(2026, 10, 21 + nights++, 2)).toISOString());
  return ports.told.map(({ kind, subject }) => `${kind} ${subject.replace(`${HOST}/`, '')}`).sort();
}

async function status(): Promise<string | undefined> {
  return (await readCurrentRun(ports))?.status;
}

async function page(): Promise<string> {
  const { runId = '' } = (await readCurrentRun(ports)) ?? {};
  return new TextDecoder().decode(ports.objects.objects.get(runKeys.report(runId)));
}

describe('an image that runs, is known and is older than what its tag points at', () => {
  let isGone: boolean;
  beforeEach(async () => {
    const old = (await anImageOf()).digest;
    isGone = false;
    ports.registry.push(NEWER, await anImageOf({ packages: ['zlib=1.3-r0'] }));
    ports.registry.beforeResolve = async (name) => {
      if (isGone && name.endsWith(old)) throw new ImageNotFoundError(name);
    };
    expect(await night()).toEqual([]);
  });

  it('is told when it is gone from its registry, once, and its end when it is there again', async () => {
    isGone = true;
    expect(await night()).toEqual(['problem web:v1']);
    expect(ports.told[0]).toMatchObject({
      title: `Runs, but is gone from its registry: ${WEB}`,
      remedy: expect.stringContaining('Push it again or deploy one that is there'),
      lineages: ['ecs/prod/admin|app|linux/amd64', 'ecs/prod/web|app|linux/amd64'],
    });
    expect(await status(), 'it is known, and was matched').toBe('complete');
    expect(await night()).toEqual([]);

    isGone = false;
    expect(await night()).toEqual(['resolved web:v1']);
  });

  it('is over when nothing runs it', async () => {
    isGone = true;
    await night();
    await deploy(ports, 'ecs/prod/web', NEWER);
    expect(await night()).toEqual([]);
    await deploy(ports, 'ecs/prod/admin', NEWER);
    expect(await night()).toEqual(['resolved web:v1']);
  });

  it('is still told to be gone while its registry cannot be asked, or its cluster', async () => {
    isGone = true;
    await night();
    ports.registry.unreachable.add(HOST);
    isGone = false;
    expect(await night()).toEqual([`problem ${HOST}`]);
    expect(ports.told[0]?.lineages).toHaveLength(2);
    expect(ports.told[0]?.message).toContain(`${HOST}/web:v1@sha256:`);
    ports.registry.unreachable.clear();
    isGone = true;
    expect(await night()).toEqual([`resolved ${HOST}`]);

    const scope = ports.scopes.get('ecs/prod');
    if (scope) scope.failure = 'AccessDenied';
    expect(await night()).toEqual(['problem ecs/prod']);
  });

  it('is asked for once, however many run it, and without a byte of it', async () => {
    ports.registry.calls.length = 0;
    await night();
    expect(ports.registry.calls.filter((call) => call.includes('@sha256'))).toHaveLength(1);
    expect(ports.registry.calls.every((call) => /^(resolve|tags) /.test(call))).toBe(true);
  });
});

describe('an image that runs and was never indexed', () => {
  it('is told when it is gone', async () => {
    await deploy(ports, 'ecs/prod/lost', `${HOST}/lost:1`, { digest: `sha256:${'0'.repeat(64)}` });
    expect(await night()).toEqual(['problem lost:1']);
    expect(ports.told[0]).toMatchObject({
      title: `Could not read ${HOST}/lost:1: gone from its registry (ImageNotFoundError)`,
      remedy: expect.stringContaining('Push it again, or deploy one that is there'),
      lineages: ['ecs/prod/lost|app|linux/amd64'],
    });
    expect(await status()).toBe('partial');
    expect(await night()).toEqual([]);
  });

  it('is told when its registry may not be read, with what gives the right, and its end', async () => {
    const other = '222222222222.dkr.ecr.eu-west-1.amazonaws.com/api:v1';
    ports.registry.push(other, await anImageOf({ packages: ['zlib=1.3-r1'] }));
    await deploy(ports, 'ecs/prod/api', other);
    const { manifest } = ports.registry;
    ports.registry.manifest = async () => {
      throw new AccessDeniedError('not you');
    };
    expect(await night()).toEqual([`problem ${other}`]);
    expect(ports.told[0]).toMatchObject({
      title: `Could not read ${other}: its registry does not allow it (AccessDeniedError)`,
      remedy: expect.stringContaining('ecrRegistries'),
      lineages: expect.arrayContaining(['ecs/prod/api|app|linux/amd64']),
    });
    expect(await night()).toEqual([]);

    ports.registry.manifest = manifest;
    expect(await night()).toEqual([`resolved ${other}`]);
  });

  it('is indexed, and the report says that no push had told of it', async () => {
    const { digest } = await anImageOf({ packages: ['zlib=1.3-r2'] });
    ports.registry.push(`${HOST}/new:1`, await anImageOf({ packages: ['zlib=1.3-r2'] }));
    await deploy(ports, 'ecs/prod/new', `${HOST}/new:1`);

    expect(await night()).toEqual([]);
    expect((await readCurrentRun(ports))?.found).toEqual([
      { reference: `${HOST}/new:1`, digest, lineages: ['ecs/prod/new|app|linux/amd64'] },
    ]);
    expect(await page()).toContain(`${HOST}/new:1@${digest}: ecs/prod/new (app, linux/amd64)`);
    await night();
    expect((await readCurrentRun(ports))?.found).toEqual([]);
  });
});
