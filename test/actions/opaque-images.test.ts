import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { anImageOf, deploy, type FakePorts, fakePorts, playNight } from '../support/fake-ports.ts';
import { startTestDynamo, type TestDynamo } from '../support/test-dynamo.ts';

const WEB = 'r.test/web:1';

let dynamo: TestDynamo;
let ports: FakePorts;
let day: number;
beforeAll(async () => {
  dynamo = await startTestDynamo();
});
afterAll(() => dynamo.stop());
beforeEach(async () => {
  day = 20;
  ports = await fakePorts(dynamo);
  ports.registry.push(WEB, await anImageOf({ packages: ['zlib=1.3-r0'] }));
  await deploy(ports, 'ecs/prod/web', WEB);
});

/** What a night tells, and the title of what is open. */
async function tonight(): Promise<string[]> {
  ports.told.length = 0;
  await playNight(ports, new Date(Date.UTC(2026, 10, day++, 2)).toISOString());
  return ports.told.map(({ kind, title, remedy }) => `${kind}: ${title}; ${remedy}`);
}

it('tells that what runs now holds a program of no package, once, and when it is over', async () => {
  await tonight();
  ports.registry.push(WEB, await anImageOf({ packages: ['zlib=1.3-r0'], opaque: true }));
  await deploy(ports, 'ecs/prod/web', WEB);
  const told = await tonight();
  expect(told).toEqual([
    expect.stringMatching(/^regression: .* got worse: opaque; Build what is opaque so that/),
  ]);
  expect(await tonight()).toEqual([]);

  ports.registry.push(WEB, await anImageOf({ packages: ['zlib=1.3-r1'] }));
  await deploy(ports, 'ecs/prod/web', WEB);
  expect(await tonight()).toEqual([expect.stringMatching(/^resolved: /)]);
});
