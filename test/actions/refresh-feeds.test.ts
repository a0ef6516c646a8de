import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { readNight } from '../../actions/night-objects.ts';
import { FeedUnavailableError } from '../../actions/ports.ts';
import { openSnapshot } from '../../actions/read-snapshot.ts';
import { refreshFeeds } from '../../actions/refresh-feeds.ts';
import type { FeedState } from '../../core/run/run.ts';
import {
  anAdvisory,
  createFakeFeed,
  type FakeFeed,
  type FakePorts,
  fakePorts,
  playNight,
} from '../support/fake-ports.ts';
import { startTestDynamo, type TestDynamo } from '../support/test-dynamo.ts';

const CONTROL = 'CONTROL-1';
const NIGHT_1 = '2026-11-21T02:00:00.000Z';
const NIGHT_2 = '2026-11-22T02:00:00.000Z';

let dynamo: TestDynamo;
let ports: FakePorts;
let feed: FakeFeed;
beforeAll(async () => {
  dynamo = await startTestDynamo();
});
afterAll(() => dynamo.stop());
beforeEach(async () => {
  feed = createFakeFeed('wolfi', CONTROL);
  feed.byId.set('CGA-1', anAdvisory('CGA-1', { name: 'openssl' }));
  ports = { ...(await fakePorts(dynamo)), feeds: [feed] };
});

async function refresh(runId: string): Promise<FeedState[]> {
  const { feeds } = await refreshFeeds(ports)({ runId });
  return [...(await readNight(ports.objects, 'feeds', feeds))];
}

/** Yesterday's state, committed. */
async function yesterday(): Promise<FeedState | undefined> {
  await playNight(ports, NIGHT_1);
  return (await refresh(NIGHT_1))[0];
}

it('reads each feed into a snapshot, by name', async () => {
  const other = createFakeFeed('alpine');
  ports = { ...ports, feeds: [feed, other] };
  const states = await refresh(NIGHT_1);

  expect(states.map(({ name, state, records }) => [name, state, records])).toEqual([
    ['alpine', 'fresh', 0],
    ['wolfi', 'fresh', 2],
  ]);
  const snapshot = await openSnapshot(ports.objects, states[1]?.key ?? '');
  expect(await snapshot.hasRecord('CGA-1')).toBe(true);
});

it.each<[string, string, () => void]>([
  [
    'does not answer',
    'timed out',
    () => {
      feed.failure = new FeedUnavailableError('timed out');
    },
  ],
  [
    'has lost its control',
    `its control record ${CONTROL} is missing`,
    () => {
      feed.byId.delete(CONTROL);
    },
  ],
  [
    'is empty',
    `its control record ${CONTROL} is missing`,
    () => {
      feed.byId.clear();
    },
  ],
])('keeps yesterday’s snapshot of a feed that %s', async (_name, failure, spoil) => {
  const past = await yesterday();
  spoil();
  expect(await refresh(NIGHT_2)).toEqual([{ ...past, state: 'held', failure }]);
});

it('holds an emptied feed that has no control', async () => {
  feed = createFakeFeed('wolfi');
  feed.byId.set('CGA-1', anAdvisory('CGA-1', { name: 'openssl' }));
  ports = { ...ports, feeds: [feed] };
  const past = await yesterday();
  feed.byId.clear();
  expect(await refresh(NIGHT_2)).toEqual([{ ...past, state: 'held', failure: 'it is empty' }]);
});

it('has nothing to keep of a feed that was never read', async () => {
  feed.failure = new FeedUnavailableError('timed out');
  expect(await refresh(NIGHT_1)).toMatchObject([
    { state: 'held', snapshot: null, key: null, records: 0 },
  ]);
});

it('lists records that cannot be read, and reads the others', async () => {
  feed.byId.set('broken', { id: 7 });
  const [state] = await refresh(NIGHT_1);
  expect(state).toMatchObject({ state: 'fresh', records: 2 });
  expect(state?.problems).toHaveLength(1);
});

it('fails the step when it is not the feed that failed', async () => {
  feed.failure = new Error('the store is down');
  await expect(refresh(NIGHT_1)).rejects.toThrow('the store is down');
});

it('gives the same answer when it is asked again that night, whatever the feed says now', async () => {
  const first = await refresh(NIGHT_1);
  feed.byId.set('CGA-2', anAdvisory('CGA-2', { name: 'zlib' }));
  expect(await refresh(NIGHT_1)).toEqual(first);
});
