import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { assessPush } from '../../actions/assess-push.ts';
import { deliverAlerts } from '../../actions/deliver-alerts.ts';
import { indexImage } from '../../actions/index-image.ts';
import { parseReference } from '../../core/image/reference.ts';
import { runKeys } from '../../core/run/run.ts';
import {
  anImageOf,
  deploy,
  type FakePorts,
  fakePorts,
  type ImageSpec,
  playNight,
} from '../support/fake-ports.ts';
import { startTestDynamo, type TestDynamo } from '../support/test-dynamo.ts';

// An image is too large for who has set a budget.

const WEB = '123456789012.dkr.ecr.eu-west-1.amazonaws.com/web:latest';
const NIGHT_1 = '2026-11-21T02:00:00.000Z';
const NIGHT_2 = '2026-11-22T02:00:00.000Z';
const NIGHT_3 = '2026-11-23T02:00:00.000Z';

let dynamo: TestDynamo;
let ports: FakePorts;
beforeAll(async () => {
  dynamo = await startTestDynamo();
});
afterAll(() => dynamo.stop());
beforeEach(async () => {
  ports = await fakePorts(dynamo);
});

async function push(spec: ImageSpec): Promise<void> {
  const image = await anImageOf(spec);
  ports.registry.push(WEB, image);
  const reference = parseReference(WEB);
  await indexImage(ports, { reference, digest: image.digest });
  const { registry, repository, tag = '' } = reference;
  const { digest } = image;
  await assessPush(ports, { registry, repository, tag, digest, pushedAt: ports.now });
  await deploy(ports, 'ecs/prod/web', WEB);
}

/** What was told since the last time this was asked. */
async function told(): Promise<string[]> {
  await deliverAlerts(ports);
  return ports.told.splice(0).map(({ kind, title }) => `${kind}: ${title}`);
}

it('tells of a push above the budget, once, and when it is within again', async () => {
  const tight = { ...ports, policy: { ...ports.policy, imageMegabytes: 3 } };
  ports = tight;
  await push({ packages: ['zlib=1.3-r0'], megabytes: 1 });
  await playNight(ports, NIGHT_1);
  await told();
  await push({ packages: ['zlib=1.3-r0'], megabytes: 4 });
  expect(await told()).toEqual([`regression: ${WEB} got worse: image-size`]);
  await playNight(ports, NIGHT_2);
  expect(await told()).toEqual([]);
  const page = await ports.objects.get(runKeys.report(NIGHT_2));
  expect(Buffer.from(page ?? []).toString()).toContain('Is larger than its budget: 5 MB of 3 MB.');
  await push({ packages: ['zlib=1.3-r0'], megabytes: 2 });
  await playNight(ports, NIGHT_3);
  expect(await told()).toEqual([`resolved: Resolved: ${WEB} got worse: image-size`]);
});

it('finds no image too large without a budget, and tells nobody that one was set', async () => {
  await push({ packages: ['zlib=1.3-r0'], megabytes: 4 });
  await playNight(ports, NIGHT_1);
  expect(await told()).toEqual([expect.stringContaining('0 failed checks')]);
  ports = { ...ports, policy: { ...ports.policy, imageMegabytes: 3 } };
  await playNight(ports, NIGHT_2);
  expect(await told()).toEqual([]);
  const page = await ports.objects.get(runKeys.report(NIGHT_2));
  expect(Buffer.from(page ?? []).toString()).toContain('image-size');
});
