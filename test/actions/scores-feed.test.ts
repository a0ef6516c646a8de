import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { assessPush } from '../../actions/assess-push.ts';
import { deliverAlerts } from '../../actions/deliver-alerts.ts';
import { indexImage } from '../../actions/index-image.ts';
import { readAllRows, readCurrentRun } from '../../actions/read-run.ts';
import { readRunningFindings } from '../../actions/running-findings.ts';
import { showFeed } from '../../actions/show-feed.ts';
import { parseReference } from '../../core/image/reference.ts';
import { runKeys } from '../../core/run/run.ts';
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
let epss: FakeFeed;
beforeAll(async () => {
  dynamo = await startTestDynamo();
});
afterAll(() => dynamo.stop());
beforeEach(async () => {
  epss = Object.assign(createFakeFeed('epss'), {
    kind: 'scores' as const,
    control: 'CVE-2021-44228',
  });
  ports = await fakePorts(dynamo);
  ports = { ...ports, feeds: [ports.feed, epss] };
  ports.registry.push(IMAGE, await anImageOf({ packages: ['openssl=1-r0'] }));
  await deploy(ports, 'ecs/prod/api', IMAGE);
});

/** The table of a day's midnight. */
function score(day: number, scores: Readonly<Record<string, number>>): void {
  const scoreDate = nightOf(day).replace('T02', 'T00');
  epss.byId.clear();
  for (const [cve, value] of Object.entries({ 'CVE-2021-44228': 0.975, ...scores })) {
    epss.byId.set(cve, { cve, epss: value.toFixed(5), percentile: '0.5', scoreDate });
  }
}

function advise(id: string, severity: string): void {
  const record = anAdvisory(`CGA-${id}`, { name: 'openssl', fixed: '9-r0', severity });
  ports.feed.byId.set(id, { ...record, upstream: [id] });
}

async function tellOf(day: number) {
  ports.told.length = 0;
  await playNight(ports, nightOf(day));
  return ports.told.map(({ kind, title }) => `${kind}: ${title}`);
}

async function reportOf(day: number): Promise<string> {
  const page = await ports.objects.get(runKeys.report(nightOf(day)));
  return Buffer.from(page ?? Buffer.alloc(0)).toString();
}

it('is said in alert and report as it is that night, the likelier first', async () => {
  score(1, {});
  await playNight(ports, nightOf(1));
  advise(CVE, 'high');
  advise(OTHER, 'high');
  score(2, { [CVE]: 0.00043, [OTHER]: 0.94234 });

  await tellOf(2);
  const told = ports.told.find(({ title }) => title.includes(OTHER));
  expect(told?.message).toContain(
    'openssl 1-r0 (high), fixed in 9-r0, EPSS 0.942 (percentile 50.0)',
  );
  const page = await reportOf(2);
  expect(page).toContain('EPSS &lt; 0.001 (percentile 50.0)');
  const findings = page.slice(page.indexOf('<h2>Findings'));
  expect(findings.indexOf(OTHER)).toBeLessThan(findings.indexOf(CVE));
});

it('is never a change: other scores tell nothing, and leave rows, findings and ids as they were', async () => {
  advise(CVE, 'high');
  score(1, { [CVE]: 0.001 });
  await playNight(ports, nightOf(1));
  const stateOf = async () => {
    const run = await readCurrentRun(ports);
    if (!run) throw new Error('no run');
    const rows = await readAllRows(ports.objects, run);
    return { rows, findings: await readRunningFindings(ports.objects, run, rows) };
  };
  const before = await stateOf();

  score(2, { [CVE]: 0.97 });
  expect(await tellOf(2)).toEqual([]);
  expect(await stateOf()).toEqual(before);
  expect(await reportOf(2)).toContain('EPSS 0.970');
  expect(JSON.stringify(before)).not.toContain('percentile');
});

it('tells under the id that it has without scores', async () => {
  const idOf = async () => {
    await playNight(ports, nightOf(1));
    advise(CVE, 'high');
    await tellOf(2);
    return ports.told.map(({ alertId }) => alertId);
  };
  score(1, { [CVE]: 0.5 });
  const scored = await idOf();
  const plain = await fakePorts(dynamo);
  plain.registry.push(IMAGE, await anImageOf({ packages: ['openssl=1-r0'] }));
  await deploy(plain, 'ecs/prod/api', IMAGE);
  ports = plain;
  expect(await idOf()).toEqual(scored);
  expect(scored).toHaveLength(1);
});

it('says nothing of its own first night', async () => {
  ports = { ...ports, feeds: [ports.feed] };
  advise(CVE, 'high');
  await playNight(ports, nightOf(1));
  ports = { ...ports, feeds: [ports.feed, epss] };
  score(2, { [CVE]: 0.5 });
  expect(await tellOf(2)).toEqual([]);
  ports = { ...ports, feeds: [ports.feed] };
  expect(await tellOf(3), 'nor when it is taken out').toEqual([]);
});

it.each<[string, () => void]>([
  ['lacks its control', () => epss.byId.delete('CVE-2021-44228')],
  ['goes back in time', () => score(1, { [CVE]: 0.4 })],
  ['is empty', () => epss.byId.clear()],
  ['has lost more than a tenth', () => score(3, {})],
])('is held when it %s: the last scores are said', async (_, spoil) => {
  advise(CVE, 'high');
  score(2, { [CVE]: 0.7 });
  await playNight(ports, nightOf(2));
  spoil();
  expect(await tellOf(3)).toEqual([expect.stringMatching(/^feed: .*epss/)]);
  expect(await reportOf(3)).toContain('EPSS 0.700');
  expect((await showFeed(ports, 'epss'))?.difference).toMatchObject({ closings: null });
});

it('is said by day too', async () => {
  score(1, { [CVE]: 0.3 });
  const record = anAdvisory(`CGA-${CVE}`, { name: 'curl', fixed: '9-r0', severity: 'high' });
  ports.feed.byId.set(CVE, { ...record, upstream: [CVE] });
  await playNight(ports, nightOf(1));
  const image = await anImageOf({ packages: ['openssl=1-r0', 'curl=1-r0'] });
  ports.registry.push(IMAGE, image);
  const { registry, repository, tag = '' } = parseReference(IMAGE);
  await indexImage(ports, { reference: { registry, repository, tag }, digest: image.digest });
  ports.told.length = 0;
  const pushedAt = '2026-11-01T12:00:00.000Z';
  await assessPush(ports, { registry, repository, tag, digest: image.digest, pushedAt });
  await deliverAlerts(ports);
  expect(ports.told[0]?.message).toContain('fixed in 9-r0, EPSS 0.300 (percentile 50.0)');
});
