import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { assessPush } from '../../actions/assess-push.ts';
import { deliverAlerts } from '../../actions/deliver-alerts.ts';
import { indexImage } from '../../actions/index-image.ts';
import { readAllRows, readCurrentRun } from '../../actions/read-run.ts';
import { readRunningFindings } from '../../actions/running-findings.ts';
import { parseReference } from '../../core/image/reference.ts';
import { runKeys } from '../../core/run/run.ts';
import {
  anAdvisory,
  anImageOf,
  deploy,
  type FakePorts,
  fakePorts,
  playNight,
  toldIds,
} from '../support/fake-ports.ts';
import { anEntry, aSet } from '../support/suppression-builders.ts';
import { startTestDynamo, type TestDynamo } from '../support/test-dynamo.ts';

const CVE = 'CVE-2026-9000001';
const IMAGE = '123456789012.dkr.ecr.eu-west-1.amazonaws.com/api:latest';
const nightOf = (day: number) => new Date(Date.UTC(2026, 10, day, 2)).toISOString();

let dynamo: TestDynamo;
let ports: FakePorts;
beforeAll(async () => {
  dynamo = await startTestDynamo();
});
afterAll(() => dynamo.stop());
beforeEach(async () => {
  ports = await fakePorts(dynamo);
  ports.registry.push(IMAGE, await anImageOf({ packages: ['openssl=1-r0', 'zlib=1-r0'] }));
  await deploy(ports, 'ecs/prod/api', IMAGE);
});

function advise(overrides: object = {}): void {
  const affected = { name: 'openssl', ...overrides };
  ports.feed.byId.set(CVE, { ...anAdvisory(`CGA-${CVE}`, affected), upstream: [CVE] });
}

function entry(overrides: Readonly<Record<string, unknown>> = {}): object {
  return anEntry({ vulnerability: CVE, created: '2026-11-01', until: '2026-11-20', ...overrides });
}

/** What the night of a day tells. */
async function tellOf(day: number): Promise<string[]> {
  ports.told.length = 0;
  await playNight(ports, nightOf(day));
  return ports.told.map(({ kind, cause, title }) => `${kind} by ${cause}: ${title}`);
}

async function currentRun() {
  const run = await readCurrentRun(ports);
  if (!run) throw new Error('no run');
  return run;
}

async function findings() {
  const run = await currentRun();
  const rows = await readAllRows(ports.objects, run);
  const running = await readRunningFindings(ports.objects, run, rows);
  return running.map(({ finding, state, suppressed, workloads }) => ({
    id: finding.id,
    state,
    by: suppressed?.entry,
    workloads: workloads.map((each) => each.split('|')[0]),
  }));
}

async function pageOf(day: number): Promise<string> {
  const bytes = await ports.objects.get(runKeys.report(nightOf(day)));
  return Buffer.from(bytes ?? '').toString();
}

async function pushByDay(packages: readonly string[]): Promise<void> {
  const image = await anImageOf({ packages });
  ports.registry.push(IMAGE, image);
  const { registry, repository, tag = '' } = parseReference(IMAGE);
  await indexImage(ports, { reference: { registry, repository, tag }, digest: image.digest });
  const pushedAt = '2026-11-05T12:00:00.000Z';
  await assessPush(ports, { registry, repository, tag, digest: image.digest, pushedAt });
  await deliverAlerts(ports);
}

describe('what is suppressed', () => {
  it('is told by nobody, and seen by everybody who looks', async () => {
    await playNight(ports, nightOf(2));
    ports.suppressed = aSet(entry());
    advise();

    expect(await tellOf(3)).toEqual([]);
    expect(await findings()).toEqual([
      { id: CVE, state: 'suppressed', by: 'openssl-not-reached', workloads: ['ecs/prod/api'] },
    ]);
    const page = await pageOf(3);
    const { version } = ports.suppressed;
    expect(page).toContain('but for what is suppressed');
    expect(page).toContain(
      `openssl-not-reached (version ${version}) of team-web, by Kim &lt;kim@example.org&gt;`,
    );
    expect(page).toContain('until 2026-11-20');
    expect((await currentRun()).suppressions?.version).toBe(version);
  });

  it('is open where another workload runs it', async () => {
    await deploy(ports, 'ecs/dev/api', IMAGE);
    await playNight(ports, nightOf(2));
    ports.suppressed = aSet(entry({ workload: 'ecs/dev/*' }));
    advise();

    expect(await tellOf(3)).toEqual([
      `disclosed by advisory: ${CVE} (high) disclosed in openssl: 1 workload`,
    ]);
    expect(await findings()).toEqual([
      { id: CVE, state: 'open', by: undefined, workloads: ['ecs/prod/api'] },
      { id: CVE, state: 'suppressed', by: 'openssl-not-reached', workloads: ['ecs/dev/api'] },
    ]);
  });

  it('ends what was told with its own cause, and comes back with it when it is over', async () => {
    await playNight(ports, nightOf(2));
    advise();
    await playNight(ports, nightOf(3));
    ports.suppressed = aSet(entry());
    expect(await tellOf(4)).toEqual([
      `resolved by suppression: Suppressed: ${CVE} (high) disclosed in openssl: 1 workload`,
    ]);
    expect(await tellOf(5)).toEqual([]);
    ports.suppressed = aSet();
    const [back, ...more] = await tellOf(6);
    expect(more).toEqual([]);
    expect(back).toBe(
      `disclosed by suppression: ${CVE} (high) is no longer suppressed in openssl: it was taken out of the file: 1 workload`,
    );
  });

  it('comes back as soon as a fix exists', async () => {
    ports.suppressed = aSet(entry({ until: 'fix' }));
    advise();
    await playNight(ports, nightOf(2));
    expect(await findings()).toMatchObject([{ state: 'suppressed' }]);
    advise({ fixed: '2-r0' });
    expect(await tellOf(3)).toEqual([
      `disclosed by suppression: ${CVE} (high) is no longer suppressed in openssl: a fix exists: 2-r0: 1 workload`,
    ]);
  });

  it('is told 14, 3 and 0 days before its end, then comes back', async () => {
    ports.suppressed = aSet(entry());
    advise();
    const told: string[] = [];
    for (let day = 2; day <= 22; day++) {
      for (const title of await tellOf(day)) told.push(`${day}: ${title}`);
    }
    const end = `suppression by suppression: Suppression openssl-not-reached of ${CVE}`;
    expect(told).toEqual([
      expect.stringMatching(/^2: baseline/),
      `6: ${end} ends in 14 days, on 2026-11-20: team-web`,
      `17: ${end} ends in 3 days, on 2026-11-20: team-web`,
      `20: ${end} ends today, 2026-11-20: team-web`,
      `21: disclosed by suppression: ${CVE} (high) is no longer suppressed in openssl: it ended on 2026-11-20: 1 workload`,
    ]);
    expect(ports.toldPeople.filter(({ title }) => title.startsWith('Suppression '))).toHaveLength(
      3,
    );
  });

  it('names the entries that silence nothing', async () => {
    ports.suppressed = aSet(entry());
    await playNight(ports, nightOf(2));
    expect(await pageOf(2)).toContain(`openssl-not-reached: ${CVE}, team-web, until 2026-11-20`);
  });
});

describe('by day', () => {
  beforeEach(async () => {
    ports.registry.push(IMAGE, await anImageOf({ packages: ['zlib=1-r0'] }));
    await deploy(ports, 'ecs/prod/api', IMAGE);
    advise();
  });

  it('a push is judged as the last night judged', async () => {
    ports.suppressed = aSet(entry());
    await playNight(ports, nightOf(5));
    ports.told.length = 0;
    await pushByDay(['openssl=1-r0', 'zlib=1-r0']);
    expect(ports.told).toEqual([]);
  });

  it.each(['by day', 'at night'])(
    'tells the same when what a push brought %s comes back',
    async (when) => {
      ports.suppressed = aSet(entry({ until: '2026-11-05' }));
      await playNight(ports, nightOf(5));
      ports.told.length = 0;
      if (when === 'by day') await pushByDay(['openssl=1-r0', 'zlib=1-r0']);
      else ports.registry.push(IMAGE, await anImageOf({ packages: ['openssl=1-r0', 'zlib=1-r0'] }));
      await deploy(ports, 'ecs/prod/api', IMAGE);
      await playNight(ports, nightOf(6));
      await deliverAlerts(ports);
      expect(ports.told.map(({ kind, cause }) => `${kind} by ${cause}`)).toEqual([
        'disclosed by suppression',
      ]);
      ids.add(toldIds(ports).join());
      expect(ids.size).toBe(1);
    },
  );
  const ids = new Set<string>();
});

it('counts nothing that is suppressed as closed in silence by a feed', async () => {
  const names = Array.from({ length: 10 }, (_, index) => `lib${index}`);
  const hit = (name: string) => anAdvisory(`CGA-${name}`, { name });
  for (const name of names) ports.feed.byId.set(`CGA-${name}`, hit(name));
  for (let each = 0; each < 200; each++) ports.feed.byId.set(`X-${each}`, hit(`other${each}`));
  ports.registry.push(IMAGE, await anImageOf({ packages: names.map((name) => `${name}=1-r0`) }));
  await deploy(ports, 'ecs/prod/api', IMAGE);
  const silenced = names.map((name) =>
    entry({ id: name, vulnerability: `CGA-${name}`, package: name }),
  );
  ports.suppressed = aSet(...silenced.slice(0, 6));
  await playNight(ports, nightOf(2));

  for (const name of names.slice(0, 6)) ports.feed.byId.delete(`CGA-${name}`);
  await playNight(ports, nightOf(3));
  expect((await currentRun()).feeds).toMatchObject([{ state: 'fresh' }]);

  ports.suppressed = aSet();
  for (const name of names.slice(0, 6)) ports.feed.byId.set(`CGA-${name}`, hit(name));
  await playNight(ports, nightOf(4));
  for (const name of names.slice(0, 6)) ports.feed.byId.delete(`CGA-${name}`);
  await playNight(ports, nightOf(5));
  expect((await currentRun()).feeds).toMatchObject([{ state: 'held' }]);
});

it('of two versions of a package silences the one that it names: the other is told, and resolved', async () => {
  const both = await anImageOf({ packages: ['openssl=1-r0', 'openssl=2-r0', 'zlib=1-r0'] });
  const one = await anImageOf({ packages: ['openssl=1-r0', 'zlib=1-r0'] });
  ports.suppressed = aSet(entry({ package: 'pkg:apk/wolfi/openssl@1-r0' }));
  advise();
  expect(await tellOf(2)).toEqual([expect.stringMatching(/^baseline .*, 1 suppressed$/)]);
  const silenced = { id: CVE, state: 'suppressed', workloads: ['ecs/prod/api'] };
  expect(await findings()).toMatchObject([silenced]);

  ports.registry.push(IMAGE, both);
  await deploy(ports, 'ecs/prod/api', IMAGE);
  expect(await tellOf(3)).toEqual([expect.stringContaining(`${CVE} in openssl 2-r0 (high)`)]);
  expect(await findings()).toMatchObject([silenced, { id: CVE, state: 'open' }]);
  expect(await tellOf(4)).toEqual([]);

  ports.registry.push(IMAGE, one);
  await deploy(ports, 'ecs/prod/api', IMAGE);
  expect(await tellOf(5)).toEqual([expect.stringMatching(/^resolved by image: Resolved: /)]);
  expect(await findings()).toMatchObject([silenced]);
});
