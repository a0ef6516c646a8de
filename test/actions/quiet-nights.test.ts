import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { FeedUnavailableError } from '../../actions/ports.ts';
import {
  anAdvisory,
  anImageOf,
  deploy,
  type FakePorts,
  fakePorts,
  playNight,
} from '../support/fake-ports.ts';
import { startTestDynamo, type TestDynamo } from '../support/test-dynamo.ts';

const WEB = 'r.test/web:1';

let dynamo: TestDynamo;
let ports: FakePorts;
beforeAll(async () => {
  dynamo = await startTestDynamo();
});
afterAll(() => dynamo.stop());
beforeEach(async () => {
  ports = await fakePorts(dynamo);
  ports.registry.push(WEB, await anImageOf({ packages: ['zlib=1.3-r0'] }));
  await deploy(ports, 'ecs/prod/web', WEB);
  ports.feed.byId.set('A', anAdvisory('CVE-2026-9000001', { name: 'zlib', fixed: '1.0-r0' }));
});

function quiet(): string[] {
  return ports.toldPeople.flatMap(({ kind, message }) => (kind === 'notice' ? [message] : []));
}

it('says in one line that nothing changed, to people alone, once a run', async () => {
  await playNight(ports, '2026-11-20T02:00:00.000Z');
  const baseline = ports.told.length;
  expect(baseline).toBeGreaterThan(0);
  expect(quiet(), 'the baseline speaks for itself').toEqual([]);

  await playNight(ports, '2026-11-21T02:00:00.000Z');
  await playNight(ports, '2026-11-21T02:00:00.000Z');

  expect(quiet()).toEqual(['Quiet night: 1 digest scanned, 1 feed fresh.']);
  expect(ports.told).toHaveLength(baseline);
});

it('does not call a night quiet in which something is still not seen', async () => {
  await playNight(ports, '2026-11-20T02:00:00.000Z');
  ports.feed.failure = new FeedUnavailableError('timed out');
  await playNight(ports, '2026-11-21T02:00:00.000Z');
  expect(quiet(), 'the held feed is told').toEqual([]);

  await playNight(ports, '2026-11-22T02:00:00.000Z');

  expect(quiet()).toEqual([
    'Nothing new, but not everything was seen: 1 digest scanned, 0 of 1 feed fresh, held: wolfi.',
  ]);
});

it('names the next night where nights are planned, and is silent where it is to be', async () => {
  const schedule = { at: '02:00', timeZone: 'Europe/Berlin' };
  const planned: FakePorts = { ...ports, quietNights: { areTold: true, schedule } };
  await playNight(planned, '2026-11-20T01:00:00.000Z');
  await playNight(planned, '2026-11-21T01:00:00.000Z');
  expect(quiet()[0]).toContain('next night 2026-11-22 02:00 Europe/Berlin.');

  const silent: FakePorts = { ...ports, quietNights: { areTold: false, schedule } };
  await playNight(silent, '2026-11-22T01:00:00.000Z');
  expect(quiet()).toHaveLength(1);
});
