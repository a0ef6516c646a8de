import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { assessPush } from '../../actions/assess-push.ts';
import { deliverAlerts } from '../../actions/deliver-alerts.ts';
import { indexImage } from '../../actions/index-image.ts';
import { readCurrentRun } from '../../actions/read-run.ts';
import { parseReference } from '../../core/image/reference.ts';
import type { BuiltImage } from '../../local/world/build-image.ts';
import { anImageOf, deploy, type FakePorts, fakePorts, playNight } from '../support/fake-ports.ts';
import { startTestDynamo, type TestDynamo } from '../support/test-dynamo.ts';

// Images that differ by their Python alone go there and back: each time that it gets worse is told.

const HOST = '123456789012.dkr.ecr.eu-west-1.amazonaws.com';
const LATEST = `${HOST}/api:latest`;
const WORKLOAD = 'ecs/prod/api';

let dynamo: TestDynamo;
let old: BuiltImage;
let moved: BuiltImage;
beforeAll(async () => {
  dynamo = await startTestDynamo();
  old = await anImageOf({ python: '3.13' });
  moved = await anImageOf({ python: '3.14' });
});
afterAll(() => dynamo.stop());

let ports: FakePorts;
let day: number;
beforeEach(async () => {
  ports = await fakePorts(dynamo);
  day = 1;
});

function timeOf(hour: number): string {
  return new Date(Date.UTC(2026, 10, day, hour)).toISOString();
}

async function night(): Promise<string[]> {
  day += 1;
  await playNight(ports, timeOf(2));
  return newlyTold();
}

let heard = 0;
/** What a receiver has not had before; a double is dropped by its id. */
function newlyTold(): string[] {
  if (ports.told.length < heard) heard = 0;
  const before = new Set(ports.told.slice(0, heard).map(({ alertId }) => alertId));
  const fresh = ports.told.slice(heard).filter(({ alertId }) => !before.has(alertId));
  heard = ports.told.length;
  return fresh.map(({ kind, title }) => `${kind}: ${title.replaceAll(`${HOST}/`, '')}`);
}

beforeEach(() => {
  heard = 0;
});

async function push(reference: string, image: BuiltImage): Promise<string[]> {
  ports.registry.push(reference, image);
  ports.now = timeOf(12);
  const { registry, repository, tag = '' } = parseReference(reference);
  await indexImage(ports, { reference: { registry, repository, tag }, digest: image.digest });
  await assessPush(ports, {
    registry,
    repository,
    tag,
    digest: image.digest,
    pushedAt: ports.now,
  });
  await deliverAlerts(ports);
  return newlyTold();
}

async function openThreads() {
  return (await readCurrentRun(ports))?.threads.map(({ threadId }) => threadId) ?? [];
}

const WORSE = 'got worse: Python moved from 3.13 to 3.14';

describe('a deployment that goes to and fro between two images of other minors', () => {
  const [A, B] = [`${HOST}/api-old:latest`, `${HOST}/api-new:latest`];

  it('is told each time that it gets worse, and each time that it is over', async () => {
    ports.registry.push(A, old);
    ports.registry.push(B, moved);
    await deploy(ports, WORKLOAD, A);
    await night();

    const nights: string[][] = [];
    for (const image of [B, B, A, A, B, A, B]) {
      await deploy(ports, WORKLOAD, image);
      nights.push(await night());
    }

    const worse = [`regression: api-new:latest ${WORSE}`];
    const over = [`resolved: Resolved: api-new:latest ${WORSE}`];
    expect(nights.map((each) => each.map((line) => line.replace(`${HOST}/`, '')))).toEqual([
      worse,
      [],
      over,
      [],
      worse,
      over,
      worse,
    ]);
    const ids = ports.told.map(({ alertId }) => alertId);
    expect(new Set(ids).size).toBe(ids.length);
    expect(await openThreads()).toHaveLength(1);
  });
});

describe('a tag that is pushed to and fro', () => {
  beforeEach(async () => {
    ports.registry.push(LATEST, old);
    await deploy(ports, WORKLOAD, LATEST);
    await night();
  });

  async function follow(image: BuiltImage, events: 'heard' | 'lost') {
    if (events === 'lost') ports.registry.push(LATEST, image);
    const byDay = events === 'heard' ? await push(LATEST, image) : [];
    await deploy(ports, WORKLOAD, LATEST);
    return [...byDay, ...(await night())];
  }

  it.each(['heard', 'lost'] as const)('is told each time, events %s', async (events) => {
    const told: string[][] = [];
    for (const image of [moved, old, moved, old]) told.push(await follow(image, events));

    const worse = [`regression: api:latest ${WORSE}`];
    const over = [`resolved: Resolved: api:latest ${WORSE}`];
    expect(told).toEqual([worse, over, worse, over]);
    expect(await openThreads()).toEqual([]);
  });

  it('has the same ids, events heard or lost', async () => {
    const idsOf = async (events: 'heard' | 'lost') => {
      for (const image of [moved, old, moved]) await follow(image, events);
      return ports.told.map(({ alertId }) => alertId);
    };
    const byDay = await idsOf('heard');
    ports = await fakePorts(dynamo);
    day = 1;
    ports.registry.push(LATEST, old);
    await deploy(ports, WORKLOAD, LATEST);
    await night();
    expect(await idsOf('lost')).toEqual(byDay);
  });

  it('is told once a night at most, however often it flaps by day', async () => {
    const told: string[][] = [];
    for (const image of [moved, old, moved, old, moved]) told.push(await push(LATEST, image));
    expect(told).toEqual([[`regression: api:latest ${WORSE}`], [], [], [], []]);
    expect(await night()).toEqual([]);
    await push(LATEST, old);
    expect(await night()).toEqual([`resolved: Resolved: api:latest ${WORSE}`]);
  });

  it('is open while one workload still runs what the others have left', async () => {
    await follow(moved, 'heard');
    await deploy(ports, 'ecs/prod/late', LATEST);
    await night();
    expect(await follow(old, 'heard')).toEqual([]);
    await deploy(ports, 'ecs/prod/late', LATEST);
    expect(await night()).toEqual([`resolved: Resolved: api:latest ${WORSE}`]);
  });
});
