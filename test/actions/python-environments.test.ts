import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { assessPush } from '../../actions/assess-push.ts';
import { deliverAlerts } from '../../actions/deliver-alerts.ts';
import { indexImage } from '../../actions/index-image.ts';
import { RUN_FORMATS, readCurrentRun } from '../../actions/read-run.ts';
import { writeObject } from '../../actions/stored-objects.ts';
import { parseReference } from '../../core/image/reference.ts';
import { runKeys } from '../../core/run/run.ts';
import { type BuiltImage, buildImage } from '../../local/world/build-image.ts';
import { PlatformSpec } from '../../local/world/platform-spec.ts';
import { deploy, type FakePorts, fakePorts, playNight } from '../support/fake-ports.ts';
import { startTestDynamo, type TestDynamo } from '../support/test-dynamo.ts';

// The stage that builds a virtual environment, and the one that runs it, were pulled on different days.

const WEB = '123456789012.dkr.ecr.eu-west-1.amazonaws.com/web:latest';
const VENV = '/app/venv/bin/python';

let dynamo: TestDynamo;
let ports: FakePorts;
let day: number;
beforeAll(async () => {
  dynamo = await startTestDynamo();
});
afterAll(() => dynamo.stop());
beforeEach(async () => {
  day = 21;
  ports = await fakePorts(dynamo);
  await push(await imageOf('3.13', '3.13'));
  await deploy(ports, 'ecs/prod/web', WEB);
  await night();
});

/** An image with flask in a virtual environment of one minor, and a Python of another. */
function imageOf(builder: string, runtime: string, command = [VENV]): Promise<BuiltImage> {
  const platform = PlatformSpec.parse({
    layers: [
      {
        osRelease: { ID: 'wolfi', NAME: 'Wolfi', VERSION_ID: '20230201' },
        apk: [
          {
            name: `python-${runtime}`,
            version: `${runtime}.0-r0`,
            files: [`usr/bin/python${runtime}`, `usr/lib/python${runtime}/os.py`],
          },
        ],
        files: { 'usr/bin/python': { link: `python${runtime}` } },
      },
      {
        venv: { path: 'app/venv', version: `${builder}.2` },
        python: [{ name: 'flask', version: '3.1.0' }],
      },
    ],
    config: { User: '65532', Entrypoint: command, Cmd: ['-m', 'flask'], Env: ['PATH=/usr/bin'] },
  });
  return buildImage({ 'linux/amd64': platform }, () => undefined);
}

async function push(image: BuiltImage): Promise<void> {
  ports.registry.push(WEB, image);
  const reference = parseReference(WEB);
  await indexImage(ports, { reference, digest: image.digest });
  const { registry, repository, tag = '' } = reference;
  const { digest } = image;
  await assessPush(ports, { registry, repository, tag, digest, pushedAt: ports.now });
}

/** What a night tells besides what was told before. */
async function night(): Promise<string[]> {
  ports.told.length = 0;
  await playNight(ports, new Date(Date.UTC(2026, 10, day++, 2)).toISOString());
  return ports.told.map(({ kind, title }) => `${kind}: ${title.replace(/.*\.com\//, '')}`);
}

async function told(): Promise<FakePorts['told']> {
  ports.told.length = 0;
  await deliverAlerts(ports);
  return ports.told;
}

const SKEWED = expect.stringMatching(
  /got worse: Python moved from 3\.13 to 3\.14, python-environment$/,
);

it('tells of a push whose environment was made by another minor, once, with what to do', async () => {
  await push(await imageOf('3.13', '3.14'));
  const [alert, ...more] = await told();
  expect(more).toEqual([]);
  expect(alert).toMatchObject({
    kind: 'regression',
    severity: 'high',
    title: SKEWED,
    remedy: expect.stringContaining(
      'make the Python environment anew, by the minor and where it will run (docs/python.md), or roll back',
    ),
  });
  expect(alert?.message).toContain(
    'What starts is broken in app/venv: Made by Python 3.13, but app/venv/bin/python is Python 3.14',
  );

  await deploy(ports, 'ecs/prod/web', WEB);
  expect(await night()).toEqual([]);
  expect(await night()).toEqual([]);

  await push(await imageOf('3.14', '3.14'));
  await deploy(ports, 'ecs/prod/web', WEB);
  expect((await night()).filter((each) => !each.startsWith('resolved'))).toEqual([]);
});

it('tells it at night where the push was never heard', async () => {
  ports.registry.push(WEB, await imageOf('3.13', '3.14'));
  await deploy(ports, 'ecs/prod/web', WEB);
  expect(await night()).toEqual([SKEWED]);
  expect(await night()).toEqual([]);
});

it('tells nothing of an environment that nobody is known to start', async () => {
  await push(await imageOf('3.12', '3.13', ['/usr/bin/python']));
  expect(await told()).toEqual([]);
});

it('does not tell what an earlier version never asked', async () => {
  const run = await readCurrentRun(ports);
  const checks = run?.checks?.filter((each) => !each.startsWith('python-environment@'));
  const key = run ? runKeys.run(run.runId) : '';
  ports.objects.objects.delete(key);
  await writeObject(ports.objects, RUN_FORMATS.run, key, { ...run, checks, engine: 'of-before' });

  await push(await imageOf('3.12', '3.13'));
  expect(await told()).toEqual([]);
  await deploy(ports, 'ecs/prod/web', WEB);
  expect(await night()).toEqual([]);
});
