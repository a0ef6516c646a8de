import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { assessPush } from '../../actions/assess-push.ts';
import { deliverAlerts } from '../../actions/deliver-alerts.ts';
import { indexImage } from '../../actions/index-image.ts';
import { readAllRows, readCurrentRun } from '../../actions/read-run.ts';
import { parseReference } from '../../core/image/reference.ts';
import type { BuiltImage } from '../../local/world/build-image.ts';
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

// Random weeks of a tiny fleet, played once with each thing that can happen to push events:
// what is open after a night is what a naive look at the world finds, and what is told is the same.

const HOST = '123456789012.dkr.ecr.eu-west-1.amazonaws.com';
const APPS = ['api', 'web'].map((name) => `${HOST}/${name}:latest`);
/** Each app has two. */
const WORKLOADS = ['ecs/prod/api-1', 'ecs/prod/web-1', 'ecs/prod/api-2', 'ecs/prod/web-2'];
const VERSIONS = ['1-r0', '2-r0', '3-r0'];
const PYTHONS = ['3.12', '3.13', '3.14'];
/** What is below the version is affected. */
const ADVISORIES = [
  { id: 'CGA-1', name: 'openssl', fixed: '2-r0' },
  { id: 'CGA-2', name: 'openssl', fixed: '3-r0' },
  { id: 'CGA-3', name: 'zlib', fixed: '3-r0' },
];

/** What may be suppressed: an advisory everywhere, or in some workloads alone. */
const ENTRIES = [
  { id: 'first', vulnerability: 'CGA-1', package: 'openssl' },
  { id: 'second', vulnerability: 'CGA-2', package: undefined, workload: 'ecs/prod/*-1' },
  { id: 'third', vulnerability: 'CGA-3', package: undefined, image: `${HOST}/web` },
];

interface Variant {
  readonly openssl: number;
  readonly zlib: number;
  readonly shell: boolean;
  readonly python: number;
}

interface Day {
  /** One an app; `null`: nothing is pushed. */
  readonly pushes: readonly (Variant | null)[];
  /** One a workload: whether it goes to what its tag points at, before and after the push. */
  readonly deploysBefore: readonly boolean[];
  readonly deploysAfter: readonly boolean[];
  readonly advise: readonly boolean[];
  readonly withdraw: readonly boolean[];
  /** One an entry: whether somebody decides not to hear of it, or decides otherwise. */
  readonly suppress: readonly boolean[];
  readonly heed: readonly boolean[];
}

const someOf = (count: number) => fc.array(fc.boolean(), { minLength: count, maxLength: count });
const aVariant = fc.record({
  openssl: fc.nat(VERSIONS.length - 1),
  zlib: fc.nat(VERSIONS.length - 1),
  shell: fc.boolean(),
  python: fc.nat(PYTHONS.length - 1),
});
const aDay: fc.Arbitrary<Day> = fc
  .record({
    pushes: fc.array(fc.option(aVariant, { freq: 2 }), {
      minLength: APPS.length,
      maxLength: APPS.length,
    }),
    deploysBefore: someOf(WORKLOADS.length),
    deploysAfter: someOf(WORKLOADS.length),
    advise: someOf(ADVISORIES.length),
    withdraw: someOf(ADVISORIES.length),
    suppress: someOf(ENTRIES.length),
    heed: someOf(ENTRIES.length),
  })
  // A push that brings what is withdrawn, or suppressed, before the night is over when the night first hears of it:
  // only who heard the event can tell of that.
  .map((day) => (day.pushes.some((each) => each) ? { ...day, withdraw: [], suppress: [] } : day));

type Events = 'delivered' | 'lost' | 'doubled' | 'late';

let dynamo: TestDynamo;
beforeAll(async () => {
  dynamo = await startTestDynamo();
});
afterAll(() => dynamo.stop());

const built = new Map<string, Promise<BuiltImage>>();

function imageOf(app: number, { openssl, zlib, shell, python }: Variant): Promise<BuiltImage> {
  const key = JSON.stringify([app, openssl, zlib, shell, python]);
  const packages = [`openssl=${VERSIONS[openssl]}`, `zlib=${VERSIONS[zlib]}`, `app-${app}=1-r0`];
  const image =
    built.get(key) ??
    anImageOf({ packages, shell, ...(PYTHONS[python] && { python: PYTHONS[python] }) });
  built.set(key, image);
  return image;
}

/** A world, and beside it the naive memory of it. */
interface World {
  readonly ports: FakePorts;
  readonly tags: Variant[];
  readonly running: Variant[];
  readonly active: Set<number>;
  readonly suppressed: Set<number>;
}

async function play(days: readonly Day[], events: Events): Promise<World> {
  const start: Variant = { openssl: 2, zlib: 2, shell: false, python: 1 };
  const ports = await fakePorts(dynamo);
  const world: World = {
    ports,
    tags: APPS.map(() => start),
    running: [],
    active: new Set(),
    suppressed: new Set(),
  };
  for (const [app, reference] of APPS.entries()) {
    ports.registry.push(reference, await imageOf(app, start));
  }
  await deploySome(world, [true, true, true, true]);
  await playNight(ports, nightOf(0));
  for (const [index, day] of days.entries()) {
    await playDay(world, day, index, events);
    expect(await openItems(ports), `after night ${index + 1}`).toEqual(naiveItems(world));
  }
  return world;
}

function nightOf(index: number): string {
  return new Date(Date.UTC(2026, 10, 1 + index, 2)).toISOString();
}

async function playDay(world: World, day: Day, index: number, events: Events): Promise<void> {
  const { ports } = world;
  ports.now = new Date(Date.UTC(2026, 10, 1 + index, 12)).toISOString();
  await deploySome(world, day.deploysBefore);
  const heard = await pushSome(world, day.pushes);
  if (events === 'delivered' || events === 'doubled') for (const event of heard) await event();
  await deploySome(world, day.deploysAfter);
  changeAdvisories(world, day);
  changeSuppressions(world, day);
  await playNight(ports, nightOf(index + 1));
  if (events === 'late' || events === 'doubled') for (const event of heard) await event();
}

/** Pushes one image an app at most; what each event would bring about. */
async function pushSome({ ports, tags }: World, pushes: Day['pushes']) {
  const events: (() => Promise<void>)[] = [];
  const at = ports.now;
  for (const [app, variant] of pushes.entries()) {
    const reference = APPS[app];
    if (!variant || !reference) continue;
    tags[app] = variant;
    const image = await imageOf(app, variant);
    ports.registry.push(reference, image);
    events.push(() => assess(ports, reference, image, at));
  }
  return events;
}

function changeAdvisories({ ports, active }: World, { advise, withdraw }: Day): void {
  for (const [index, { id, ...affected }] of ADVISORIES.entries()) {
    const record = anAdvisory(id, affected);
    if (advise[index]) {
      ports.feed.byId.set(id, record);
      active.add(index);
    } else if (withdraw[index] && active.delete(index)) {
      ports.feed.byId.set(id, { ...record, withdrawn: ports.now });
    }
  }
}

function changeSuppressions({ ports, suppressed }: World, { suppress, heed }: Day): void {
  for (const index of ENTRIES.keys()) {
    if (heed[index]) suppressed.delete(index);
    else if (suppress[index]) suppressed.add(index);
  }
  const entries = ENTRIES.filter((_, index) => suppressed.has(index));
  const until = '2027-04-01';
  ports.suppressed = aSet(...entries.map((each) => anEntry({ ...each, until })));
}

async function deploySome({ ports, tags, running }: World, which: readonly boolean[]) {
  for (const [each, workload] of WORKLOADS.entries()) {
    const app = each % APPS.length;
    const [reference, variant] = [APPS[app], tags[app]];
    if (!which[each] || !reference || !variant) continue;
    await deploy(ports, workload, reference);
    running[each] = variant;
  }
}

async function assess(ports: FakePorts, name: string, { digest }: BuiltImage, pushedAt: string) {
  const { registry, repository, tag = '' } = parseReference(name);
  await indexImage(ports, { reference: { registry, repository, tag }, digest });
  await assessPush(ports, { registry, repository, tag, digest, pushedAt });
  await deliverAlerts(ports);
}

/** `workload: items`, of every workload. */
async function openItems(ports: FakePorts): Promise<string[]> {
  const run = await readCurrentRun(ports);
  const rows = run ? await readAllRows(ports.objects, run) : [];
  return rows
    .filter(({ kind }) => kind === 'workload')
    .map(({ lineage, items }) => {
      const names = items.map(({ key, ids }) => ids[0] ?? key);
      return `${lineage.split('|')[0]}: ${names.sort().join(' ')}`;
    })
    .sort();
}

/** Whether nobody is to hear of an advisory in a workload. */
function isSilent({ suppressed }: World, advisory: number, workload: number): boolean {
  if (!suppressed.has(advisory)) return false;
  if (advisory === 1) return WORKLOADS[workload]?.endsWith('-1') ?? false;
  return advisory === 0 || workload % APPS.length === 1;
}

function naiveItems(world: World): string[] {
  const { running, active } = world;
  return WORKLOADS.map((workload, each) => {
    const variant = running[each] ?? { openssl: 0, zlib: 0, shell: true, python: 0 };
    const findings = ADVISORIES.filter(({ name, fixed }, index) => {
      const installed = VERSIONS[name === 'zlib' ? variant.zlib : variant.openssl] ?? '';
      return active.has(index) && installed < fixed && !isSilent(world, index, each);
    }).map(({ id }) => id);
    return `${workload}: ${[...findings, ...(variant.shell ? ['check|shell'] : [])].join(' ')}`;
  }).sort();
}

/** Threads and what they are open for: nothing may stay open, or end, that the rows do not say. */
async function checkThreads({ ports }: World): Promise<void> {
  const run = await readCurrentRun(ports);
  const rows = run ? await readAllRows(ports.objects, run) : [];
  const carried = rows.flatMap(({ items, moves }) => [
    ...items.flatMap(({ origin }) => (typeof origin === 'object' ? origin.thread : [])),
    ...moves.flatMap(({ thread }) => thread ?? []),
  ]);
  expect((run?.threads ?? []).map(({ threadId }) => threadId).sort()).toEqual(
    [...new Set(carried)].sort(),
  );
  const opened = new Set(
    ports.told.filter(({ kind }) => kind !== 'resolved').map(({ threadId }) => threadId),
  );
  for (const thread of carried) expect(opened, 'told before').toContain(thread);
}

it('finds the same and tells the same, whatever happens to push events', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(aDay, { minLength: 1, maxLength: 5 }), async (days) => {
      const delivered = await play(days, 'delivered');
      await checkThreads(delivered);
      for (const events of ['lost', 'doubled', 'late'] as const) {
        const disturbed = await play(days, events);
        await checkThreads(disturbed);
        expect(toldIds(disturbed.ports), events).toEqual(toldIds(delivered.ports));
      }
    }),
    { numRuns: 12, seed: 20_261_121 },
  );
});
