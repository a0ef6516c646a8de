import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { acceptFeed } from '../../actions/accept-feed.ts';
import { assessPush } from '../../actions/assess-push.ts';
import { deliverAlerts } from '../../actions/deliver-alerts.ts';
import { indexImage } from '../../actions/index-image.ts';
import { FeedUnavailableError } from '../../actions/ports.ts';
import { readAllRows, readCurrentRun, readHeadState } from '../../actions/read-run.ts';
import { readRunningFindings } from '../../actions/running-findings.ts';
import { showFeed } from '../../actions/show-feed.ts';
import { parseReference } from '../../core/image/reference.ts';
import { runKeys } from '../../core/run/run.ts';
import { aCveRecord, aKevEntry, cisaAdp } from '../support/details-builders.ts';
import {
  anAdvisory,
  anImageOf,
  createFakeFeed,
  deploy,
  type FakeFeed,
  type FakePorts,
  fakePorts,
  playNight,
} from '../support/fake-ports.ts';
import { startTestDynamo, type TestDynamo } from '../support/test-dynamo.ts';

const CVE = 'CVE-2026-9000001';
const OTHER = 'CVE-2026-9000002';
const IMAGE = '123456789012.dkr.ecr.eu-west-1.amazonaws.com/api:latest';
const nightOf = (day: number) => new Date(Date.UTC(2026, 10, day, 2)).toISOString();

let dynamo: TestDynamo;
let ports: FakePorts;
let cve: FakeFeed;
let kev: FakeFeed;
beforeAll(async () => {
  dynamo = await startTestDynamo();
});
afterAll(() => dynamo.stop());
beforeEach(async () => {
  cve = detailsFeed('cve');
  kev = detailsFeed('kev');
  ports = await fakePorts(dynamo);
  ports.registry.push(IMAGE, await anImageOf({ packages: ['openssl=1-r0'] }));
  await deploy(ports, 'ecs/prod/api', IMAGE);
});

function detailsFeed(name: string): FakeFeed {
  const feed = Object.assign(createFakeFeed(name), { kind: 'details' as const });
  // A catalogue is never empty, and its date goes on.
  feed.byId.set('always', listed('CVE-2021-9999999'));
  return feed;
}

function listed(id: string, dateReleased = nightOf(1)) {
  return { ...aKevEntry(id, '2026-11-03', 'Known'), dateReleased };
}

/** What a distribution says of it: no severity unless one is given. */
function advise(id: string, name: string, severity = 'not yet assigned'): void {
  const record = anAdvisory(`CGA-${id}`, { name, fixed: '9-r0', severity });
  ports.feed.byId.set(id, { ...record, upstream: [id] });
}

function rated(id: string, baseScore: number, title = 'Overflow in <b>made-up</b>') {
  return aCveRecord(id, { title, adp: [cisaAdp([{ cvssV3_1: { baseScore } }])] });
}

/** The ports with feeds of details beside the advisories. */
function enable(...feeds: readonly FakeFeed[]): void {
  ports = { ...ports, feeds: [ports.feed, ...feeds] };
}

/** What the night of a day tells. */
async function tellOf(day: number) {
  ports.told.length = 0;
  await playNight(ports, nightOf(day));
  return ports.told.map(({ kind, title }) => `${kind}: ${title}`);
}

async function findings() {
  const run = await readCurrentRun(ports);
  if (!run) throw new Error('no run');
  const rows = await readAllRows(ports.objects, run);
  return (await readRunningFindings(ports.objects, run, rows)).map(({ finding }) => finding);
}

describe('a severity that nobody has given', () => {
  it('is that of the CVE record, with its source and title in alert and report', async () => {
    enable(cve);
    cve.byId.set(CVE, rated(CVE, 8));
    await playNight(ports, nightOf(1));
    advise(CVE, 'openssl');

    expect(await tellOf(2)).toEqual([`disclosed: ${CVE} (high) disclosed in openssl: 1 workload`]);
    expect(ports.told[0]?.severity).toBe('high');
    expect(ports.told[0]?.message).toContain(`- ${CVE}: Overflow in <b>made-up</b>`);
    expect(ports.told[0]?.message).toContain('openssl 1-r0 (high, by CISA), fixed in 9-r0');
    const page = Buffer.from(
      (await ports.objects.get(runKeys.report(nightOf(2)))) ?? Buffer.alloc(0),
    ).toString();
    expect(page).toContain('high, by CISA');
    expect(page).toContain('Overflow in &lt;b&gt;made-up&lt;/b&gt;');
  });

  it('is not looked for where an advisory has given one', async () => {
    enable(cve);
    cve.byId.set(CVE, rated(CVE, 9.9));
    advise(CVE, 'openssl', 'low');
    await playNight(ports, nightOf(1));
    const [finding] = await findings();
    expect(finding).toMatchObject({ severity: 'low', about: expect.stringContaining('Overflow') });
    expect(finding?.ratedBy).toBeUndefined();
  });

  it('is not told when the CVE record says that it is too low', async () => {
    enable(cve);
    cve.byId.set(CVE, rated(CVE, 2));
    await playNight(ports, nightOf(1));
    advise(CVE, 'openssl');
    expect(await tellOf(2)).toEqual([]);
  });

  it('is told once when it rises to what is told; a new title is no news', async () => {
    enable(cve);
    cve.byId.set(CVE, rated(CVE, 2));
    await playNight(ports, nightOf(1));
    advise(CVE, 'openssl');
    await playNight(ports, nightOf(2));

    cve.byId.set(CVE, rated(CVE, 2, 'Another title'));
    expect(await tellOf(3)).toEqual([]);
    cve.byId.set(CVE, rated(CVE, 9.5, 'Another title'));
    expect(await tellOf(4)).toEqual([
      `disclosed: ${CVE} (critical) disclosed in openssl: 1 workload`,
    ]);
    expect(await tellOf(5)).toEqual([]);
  });
});

describe('known to be exploited', () => {
  it('is told once of what runs, whatever its severity and whatever was told before', async () => {
    enable(kev);
    await playNight(ports, nightOf(1));
    advise(CVE, 'openssl', 'low');
    advise(OTHER, 'openssl', 'high');
    await tellOf(2);
    for (const id of [CVE, OTHER]) kev.byId.set(id, listed(id, nightOf(3)));

    expect((await tellOf(3)).sort()).toEqual([
      `disclosed: ${CVE} (low, known to be exploited) disclosed in openssl: 1 workload`,
      `disclosed: ${OTHER} (high) is known to be exploited since 2026-11-03, by ransomware too, due 2026-12-01: openssl in 1 workload`,
    ]);
    expect(ports.told[0]?.message).toContain(
      'known to be exploited since 2026-11-03, by ransomware too, due 2026-12-01',
    );
    expect(await tellOf(4)).toEqual([]);

    // Both matters end with what runs: the second was never a thread of its own.
    ports.registry.push(IMAGE, await anImageOf({ packages: ['openssl=9-r0'] }));
    await deploy(ports, 'ecs/prod/api', IMAGE);
    expect((await tellOf(5)).every((each) => each.startsWith('resolved: '))).toBe(true);
    expect(ports.told).toHaveLength(2);
  });

  it('is told with a new image or advisory below the threshold', async () => {
    enable(kev);
    kev.byId.set(CVE, listed(CVE));
    await playNight(ports, nightOf(1));
    advise(CVE, 'openssl', 'low');
    expect(await tellOf(2)).toEqual([
      `disclosed: ${CVE} (low, known to be exploited) disclosed in openssl: 1 workload`,
    ]);
  });

  it('stands first in the report', async () => {
    enable(kev);
    kev.byId.set(CVE, listed(CVE));
    advise(CVE, 'openssl', 'low');
    advise(OTHER, 'openssl', 'critical');
    await playNight(ports, nightOf(1));
    const page = Buffer.from(
      (await ports.objects.get(runKeys.report(nightOf(1)))) ?? Buffer.alloc(0),
    ).toString();
    expect(page).toContain('known to be exploited since 2026-11-03, due 2026-12-01');
    expect(page.indexOf(CVE)).toBeLessThan(page.indexOf(OTHER));
  });
});

it('is a baseline of its own when it is enabled: one message, no flood', async () => {
  advise(CVE, 'openssl', 'low');
  advise(OTHER, 'openssl');
  await playNight(ports, nightOf(1));
  for (const id of [CVE, OTHER]) {
    kev.byId.set(id, listed(id));
    cve.byId.set(id, rated(id, 9.8));
  }
  enable(cve, kev);

  expect((await tellOf(2)).sort()).toEqual([
    'baseline: Feed cve is read for the first time: 1 open finding rated by it',
    'baseline: Feed kev is read for the first time: 2 open findings known to be exploited',
  ]);
  expect(await tellOf(3)).toEqual([]);
});

it('judges nothing by itself', async () => {
  ports = { ...ports, feeds: [kev] };
  await playNight(ports, nightOf(1));
  const run = await readCurrentRun(ports);
  expect(run?.status).toBe('failed');
  expect(run?.unseen).toContain('advisories: no feed was ever read, nothing was matched');
});

it.each<[string, () => void]>([
  [
    'does not answer',
    () => {
      cve.failure = new FeedUnavailableError('timed out');
    },
  ],
  ['is empty', () => cve.byId.clear()],
  [
    'goes back in time',
    () => {
      cve.byId.clear();
      cve.byId.set(CVE, aCveRecord(CVE, { updated: '2020-01-01T00:00:00Z' }));
    },
  ],
])('is held when it %s: what it said stays', async (_, spoil) => {
  enable(cve);
  cve.byId.set(CVE, rated(CVE, 8));
  advise(CVE, 'openssl');
  await playNight(ports, nightOf(1));
  spoil();

  expect(await tellOf(2)).toEqual([expect.stringMatching(/^feed: .*cve/)]);
  const run = await readCurrentRun(ports);
  expect(run?.feeds.map(({ name, kind, state }) => [name, kind, state])).toEqual([
    ['cve', 'details', 'held'],
    ['wolfi', undefined, 'fresh'],
  ]);
  expect((await findings()).map(({ severity, ratedBy }) => [severity, ratedBy?.who])).toEqual([
    ['high', 'CISA'],
  ]);
});

it('can be looked at and accepted while it is held', async () => {
  enable(cve);
  for (let index = 0; index < 20; index++) {
    const id = `CVE-2020-${10_000 + index}`;
    cve.byId.set(id, rated(id, 5));
  }
  await playNight(ports, nightOf(1));
  for (let index = 0; index < 5; index++) cve.byId.delete(`CVE-2020-${10_000 + index}`);
  cve.byId.set(CVE, rated(CVE, 8));
  expect(await tellOf(2)).toEqual([expect.stringMatching(/^feed: .*has lost 4 of its 21 records/)]);

  const report = await showFeed(ports, 'cve');
  expect(report?.difference).toEqual({
    lost: 5,
    added: 1,
    examples: Array.from({ length: 5 }, (_, index) => `CVE-2020-${10_000 + index}`),
    ecosystemsLost: [],
    ecosystemsAdded: [],
    closings: null,
  });
  await acceptFeed(ports, { feed: 'cve', snapshot: null, by: 'ada', reason: null });
  expect(await tellOf(3)).toEqual([expect.stringMatching(/^resolved: .*cve/)]);
});

it('counts what it cannot read, and keeps the newest of an id', async () => {
  enable(cve);
  cve.byId.set('garbage', { cveMetadata: { cveId: 'GHSA-1', state: 'PUBLISHED' } });
  cve.byId.set('older', { ...rated(CVE, 2), cveMetadata: metadata('2026-10-01T00:00:00Z') });
  cve.byId.set('newer', { ...rated(CVE, 8), cveMetadata: metadata('2026-10-02T00:00:00Z') });
  advise(CVE, 'openssl');
  await playNight(ports, nightOf(1));

  const run = await readCurrentRun(ports);
  expect(run?.feeds.find(({ name }) => name === 'cve')).toMatchObject({
    records: 2,
    problems: [expect.stringContaining('not a CVE id')],
  });
  expect((await findings())[0]?.severity).toBe('high');
});

function metadata(dateUpdated: string) {
  return { cveId: CVE, state: 'PUBLISHED', dateUpdated };
}

it('gives a push what it gives the night, from the blocks of its own ids alone', async () => {
  enable(cve, kev);
  for (let n = 0; n < 9000; n++) {
    const id = `CVE-2025-${9_000_000 + n}`;
    cve.byId.set(id, rated(id, n % 10, `A title of its own, number ${(n * 7919) % 9000}`));
  }
  cve.byId.set(CVE, rated(CVE, 8));
  kev.byId.set(OTHER, listed(OTHER));
  advise(CVE, 'curl');
  advise(OTHER, 'curl', 'low');
  await playNight(ports, nightOf(1));

  const image = await anImageOf({ packages: ['openssl=1-r0', 'curl=1-r0'] });
  ports.registry.push(IMAGE, image);
  const { registry, repository, tag = '' } = parseReference(IMAGE);
  await indexImage(ports, { reference: { registry, repository, tag }, digest: image.digest });
  const [blocks] = [...ports.objects.objects].filter(([key]) => /cve\/.*\.blocks$/.test(key));
  ports.objects.reads.length = 0;
  const pushedAt = '2026-11-01T12:00:00.000Z';
  ports.told.length = 0;
  await assessPush(ports, { registry, repository, tag, digest: image.digest, pushedAt });
  await deliverAlerts(ports);

  const read = ports.objects.reads.filter(({ key }) => key === blocks?.[0]);
  expect(read.length).toBeGreaterThan(0);
  expect(read.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThan(
    ((blocks?.[1].length ?? 0) * read.length) / 2,
  );
  const byDay = ports.told.map(({ alertId }) => alertId);
  expect(byDay).toHaveLength(1);
  expect(ports.told[0]?.message).toContain(`${OTHER} in curl 1-r0 (low)`);

  const [head] = await ports.state.heads();
  const pushed = head && (await readHeadState(ports.objects, head)).rows[0]?.items;
  expect(await tellOf(2)).toEqual([]);
  const run = await readCurrentRun(ports);
  const rows = run ? await readAllRows(ports.objects, run) : [];
  expect(rows.find(({ kind }) => kind === 'repository')?.items).toEqual(pushed);
});
