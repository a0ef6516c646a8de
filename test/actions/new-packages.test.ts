import { afterAll, beforeAll, expect, it } from 'vitest';
import { assessPush } from '../../actions/assess-push.ts';
import { indexImage } from '../../actions/index-image.ts';
import { readAllRows, readCurrentRun, readHeadState } from '../../actions/read-run.ts';
import { parseReference } from '../../core/image/reference.ts';
import type { LineageRow } from '../../core/lineage/lineage.ts';
import { anAdvisory, anImageOf, deploy, fakePorts, playNight } from '../support/fake-ports.ts';
import { startTestDynamo, type TestDynamo } from '../support/test-dynamo.ts';

let dynamo: TestDynamo;
beforeAll(async () => {
  dynamo = await startTestDynamo();
});
afterAll(() => dynamo.stop());

const FLEET = '123456789012.dkr.ecr.eu-west-1.amazonaws.com/fleet:latest';
const NEW = '123456789012.dkr.ecr.eu-west-1.amazonaws.com/new:latest';

/** Of a package that nobody has, among thousands: several records each, in every shape. */
function recordsOf(name: string, index: number) {
  const cleared = anAdvisory(`CGA-${index}-a`, { name, fixed: '0' });
  const fixed = anAdvisory(`CGA-${index}-b`, { name, fixed: '2-r0', severity: 'critical' });
  const open = anAdvisory(`CGA-${index}-c`, { name, severity: 'low' });
  const withdrawn = {
    ...anAdvisory(`CGA-${index}-d`, { name }),
    withdrawn: '2026-01-01T00:00:00Z',
  };
  return [cleared, fixed, withdrawn, ...(index % 3 === 0 ? [open] : [])];
}

function openOf(rows: readonly LineageRow[]) {
  return rows
    .filter(({ reference }) => reference === NEW)
    .map(({ lineage, items }) => ({ lineage, items }));
}

it('finds by day, in packages that the fleet never had, what the night after finds', async () => {
  const ports = await fakePorts(dynamo);
  const names = Array.from({ length: 3000 }, (_, i) => `package-${i}`);
  for (const record of names.flatMap(recordsOf)) ports.feed.byId.set(record.id, record);
  ports.registry.push(FLEET, await anImageOf({ packages: ['zlib=1-r0'] }));
  await deploy(ports, 'ecs/prod/fleet', FLEET);
  await playNight(ports, '2026-11-20T02:00:00.000Z');

  const packages = names.filter((_, i) => i % 100 === 7).map((name) => `${name}=1-r0`);
  const image = await anImageOf({ packages });
  ports.registry.push(NEW, image);
  const { registry, repository, tag = '' } = parseReference(NEW);
  await indexImage(ports, { reference: { registry, repository, tag }, digest: image.digest });
  const pushedAt = '2026-11-20T12:00:00.000Z';
  await assessPush(ports, { registry, repository, tag, digest: image.digest, pushedAt });
  const [head] = (await ports.state.heads()).filter(({ reference }) => reference === NEW);
  if (!head) throw new Error('no head');
  const byDay = openOf((await readHeadState(ports.objects, head)).rows);
  await playNight(ports, '2026-11-21T02:00:00.000Z');
  const run = await readCurrentRun(ports);
  const byNight = openOf(run ? await readAllRows(ports.objects, run) : []);

  // 30 packages: each has the critical one, and every third the one without a fix.
  expect(byDay.flatMap(({ items }) => items)).toHaveLength(30 + 10);
  expect(byNight).toEqual(byDay);
});
