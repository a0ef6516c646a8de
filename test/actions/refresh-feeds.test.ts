import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readNight } from '../../actions/night-objects.ts';
import { FeedUnavailableError } from '../../actions/ports.ts';
import { RUN_FORMATS, readCurrentRun } from '../../actions/read-run.ts';
import { openSnapshot } from '../../actions/read-snapshot.ts';
import { listFeeds, refreshFeed } from '../../actions/refresh-feeds.ts';
import { writeObject } from '../../actions/stored-objects.ts';
import { type FeedHold, type FeedState, runKeys } from '../../core/run/run.ts';
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
const NIGHT_3 = '2026-11-23T02:00:00.000Z';

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
  const { feeds } = await listFeeds(ports)({ runId });
  const states: FeedState[] = [];
  for (const name of feeds) {
    const { state } = await refreshFeed(ports)({ runId, feed: name });
    states.push(await readNight(ports.objects, 'feed', state));
  }
  return states;
}

/** Yesterday's state, committed. */
async function yesterday(): Promise<FeedState | undefined> {
  await playNight(ports, NIGHT_1);
  return (await refresh(NIGHT_1))[0];
}

/** A hold of the second night. */
function holdOf(reason: FeedHold['reason']): FeedHold {
  const offered = reason === 'unread' ? null : expect.anything();
  return { since: NIGHT_2, reason, offered, closings: null };
}

async function sayThatAnotherEngineDid(runId: string): Promise<void> {
  const run = await readCurrentRun(ports);
  ports.objects.objects.delete(runKeys.run(runId));
  await writeObject(ports.objects, RUN_FORMATS.run, runKeys.run(runId), { ...run, engine: 'e0' });
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
  const hold = holdOf(failure === 'timed out' ? 'unread' : 'suspect');
  expect(await refresh(NIGHT_2)).toEqual([{ ...past, state: 'held', failure, hold }]);
});

it('holds an emptied feed that has no control', async () => {
  feed = createFakeFeed('wolfi');
  feed.byId.set('CGA-1', anAdvisory('CGA-1', { name: 'openssl' }));
  ports = { ...ports, feeds: [feed] };
  const past = await yesterday();
  feed.byId.clear();
  expect(await refresh(NIGHT_2)).toEqual([
    { ...past, state: 'held', failure: 'it is empty', hold: holdOf('suspect') },
  ]);
});

describe('a feed that says it is unchanged', () => {
  beforeEach(() => {
    feed.etag = '"1"';
  });

  it('keeps yesterday’s snapshot as fresh', async () => {
    const past = await yesterday();
    expect(past).toMatchObject({ state: 'fresh', validator: { source: 'wolfi', etag: '"1"' } });
    feed.asked.length = 0;
    expect(await refresh(NIGHT_2)).toEqual([past]);
    expect(feed.asked).toEqual([past?.validator]);
  });

  it('is fresh again after it was held, by what was taken last', async () => {
    const past = await yesterday();
    feed.etag = '"2"';
    feed.byId.delete(CONTROL);
    await playNight(ports, NIGHT_2);
    feed.etag = '"1"';
    expect(await refresh(NIGHT_3)).toEqual([past]);
  });

  it('is read anew when its snapshot is gone', async () => {
    const past = await yesterday();
    ports.objects.objects.delete(past?.key ?? '');
    feed.asked.length = 0;
    expect(await refresh(NIGHT_2)).toEqual([past]);
    expect(feed.asked).toEqual([null]);
  });

  it('is read anew by another engine, which may make something else of it', async () => {
    const past = await yesterday();
    await sayThatAnotherEngineDid(NIGHT_1);
    feed.asked.length = 0;
    expect(await refresh(NIGHT_3)).toEqual([past]);
    expect(feed.asked).toEqual([null]);
  });

  it('is read anew once it can be, when it was held as the engine changed', async () => {
    const past = await yesterday();
    await sayThatAnotherEngineDid(NIGHT_1);
    feed.failure = new FeedUnavailableError('timed out');
    await playNight(ports, NIGHT_2);
    feed.failure = undefined;
    feed.asked.length = 0;
    expect(await refresh(NIGHT_3)).toEqual([past]);
    expect(feed.asked).toEqual([null]);
  });

  it('is held when the control is another, which was not there', async () => {
    const past = await yesterday();
    ports = { ...ports, feeds: [{ ...feed, control: 'CONTROL-2' }] };
    const failure = 'its control record CONTROL-2 is missing';
    expect(await refresh(NIGHT_2)).toEqual([
      { ...past, state: 'held', failure, hold: holdOf('suspect') },
    ]);
  });

  it('is not believed when nobody had anything to ask with', async () => {
    ports = { ...ports, feeds: [{ ...feed, read: async () => ({ kind: 'unchanged' }) }] };
    expect(await refresh(NIGHT_1)).toMatchObject([
      { state: 'held', snapshot: null, failure: expect.stringContaining('unchanged') },
    ]);
  });
});

describe('the newest record', () => {
  const modified = (id: string, at: string) => {
    feed.byId.set(id, { ...anAdvisory(id, { name: 'openssl' }), modified: at });
  };

  it('holds a feed that goes back behind it, until it comes forward again', async () => {
    modified('CGA-2', '2026-11-20T00:00:00Z');
    const past = await yesterday();
    expect(past?.newest).toBe('2026-11-20T00:00:00.000Z');
    feed.byId.delete('CGA-2');
    const failure =
      'it goes back in time: its newest record is of 2026-01-01T00:00:00.000Z, that of the last snapshot of 2026-11-20T00:00:00.000Z';
    expect(await refresh(NIGHT_2)).toEqual([
      { ...past, state: 'held', failure, hold: holdOf('suspect') },
    ]);

    modified('CGA-3', '2026-11-20T00:00:00Z');
    expect(await refresh(NIGHT_3)).toMatchObject([{ state: 'fresh', records: 3 }]);
  });

  it('is not one that claims to come from the future', async () => {
    modified('CGA-2', '9999-01-01T00:00:00Z');
    expect((await yesterday())?.newest).toBe('2026-01-01T00:00:00.000Z');
    modified('CGA-2', '2026-01-01T00:00:00Z');
    expect(await refresh(NIGHT_2)).toMatchObject([{ state: 'fresh', records: 3 }]);
  });
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
