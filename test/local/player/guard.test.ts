import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { acceptFeed } from '../../../actions/accept-feed.ts';
import { showFeed } from '../../../actions/show-feed.ts';
import { createS3Client } from '../../../adapters/aws/create-aws-clients.ts';
import { openFeeds } from '../../../lambda/shared/open-feeds.ts';
import { embeddedClientOptions } from '../../../local/cloud/embedded-clients.ts';
import { createWorldFeeds } from '../../../local/player/world-feeds.ts';
import type { WrittenEvent } from '../../../local/world/world-event.ts';
import { anAdvisory } from '../../support/fake-ports.ts';
import { type FeedServer, startFeedServer } from '../../support/feed-server.ts';
import { type GuardedWorld, running, startGuardedWorld } from '../../support/guarded-world.ts';
import { newFolder } from '../../support/play-folder.ts';

const PACKAGES = Array.from({ length: 8 }, (_, index) => `lib${index}`);
const CONTROL = { ...anAdvisory('CONTROL-1', { name: 'nobody-has-it' }) };
/** One that hits each package that runs, and many that hit nothing. */
const HITS = PACKAGES.map((name, index) => hit(`CVE-2026-900010${index}`, name));
const OTHERS = Array.from({ length: 60 }, (_, index) =>
  anAdvisory(`CVE-2026-90002${String(index).padStart(2, '0')}`, { name: `other${index}` }),
);
const ELSEWHERE = {
  ...anAdvisory('CVE-2026-9000300', { name: 'requests' }),
  affected: [
    {
      package: { ecosystem: 'PyPI', name: 'requests' },
      ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed: '2.0' }] }],
    },
  ],
};
const NEWEST = {
  ...anAdvisory('CVE-2026-9000400', { name: 'new' }),
  modified: '2026-02-01T00:00:00Z',
};
const ALL = [CONTROL, ...HITS, ...OTHERS, ELSEWHERE, NEWEST];

const OPEN = HITS.map(({ id }) => `${id} open`);
const STALE = HITS.map(({ id }) => `${id} stale`);
const nightOf = (day: number) => `2026-03-0${day}T02:00:00.000Z`;
const clock = { now: () => new Date('2026-03-05T12:00:00Z') };

function hit(id: string, name: string) {
  return anAdvisory(id, { name, severity: 'high' });
}

function archiveOf(records: readonly object[]): Buffer {
  return gzipSync(records.map((each) => JSON.stringify(each)).join('\n'));
}

async function worldOver(server: FeedServer): Promise<GuardedWorld> {
  const folder = newFolder();
  const url = `${server.url}/all.ndjson.gz`;
  const s3 = createS3Client(embeddedClientOptions('http://127.0.0.1:1'));
  const feeds = openFeeds([{ name: 'osv-wolfi', url, control: CONTROL.id }], s3, {
    folder,
    deadline: 400,
    stallTimeout: 100,
    sleep: async () => {},
  });
  const world = await startGuardedWorld(folder, { ...createWorldFeeds([]), feeds });
  await world.play(...running(PACKAGES));
  return world;
}

/** Gives another archive out, as a server does. */
function serve(server: FeedServer, records: readonly object[], etag: string): void {
  Object.assign(server, { archive: archiveOf(records), etag });
}

interface Spoilt {
  readonly spoil: (server: FeedServer) => void;
  readonly failure: string;
  /** Whether there is something that a person may accept, and what is left of the findings then. */
  readonly accepted?: readonly string[];
}

const SPOILT: Record<string, Spoilt> = {
  'times out': {
    spoil: ({ misbehaviours }) => {
      const hang = () => {};
      misbehaviours.push(...Array.from({ length: 9 }, () => hang));
    },
    failure: 'silent for|no answer',
  },
  'is truncated': {
    spoil: (server) => {
      Object.assign(server, { archive: archiveOf(ALL).subarray(0, 200), etag: '"2"' });
    },
    failure: 'breaks off',
  },
  'has shrunk': {
    spoil: (server) => serve(server, [CONTROL, ...OTHERS.slice(9), ELSEWHERE, NEWEST], '"2"'),
    failure: 'it has lost 17 of its 71 records',
    accepted: [],
  },
  'goes back in time': {
    spoil: (server) => serve(server, ALL.slice(0, -1), '"2"'),
    failure: 'it goes back in time',
    accepted: OPEN,
  },
  'is empty': {
    spoil: (server) => serve(server, [], '"2"'),
    failure: 'not what its name says|no records',
  },
  'gives out garbage': {
    spoil: (server) => {
      Object.assign(server, { archive: Buffer.from('<html>sorry</html>'), etag: '"2"' });
    },
    failure: 'not what its name says',
  },
  'has garbage in the place of its records': {
    spoil: (server) => serve(server, [CONTROL, ...ALL.slice(1).map(() => ({ id: 7 }))], '"2"'),
    failure: 'goes back in time',
    accepted: [],
  },
  'has lost its control': {
    spoil: (server) => serve(server, ALL.slice(1), '"2"'),
    failure: 'its control record CONTROL-1 is missing',
    accepted: OPEN,
  },
  'has lost an ecosystem': {
    spoil: (server) =>
      serve(
        server,
        ALL.filter((each) => each !== ELSEWHERE),
        '"2"',
      ),
    failure: 'it says nothing of PyPI any more',
    accepted: OPEN,
  },
  'closes findings in silence': {
    spoil: (server) =>
      serve(
        server,
        ALL.filter((each) => !HITS.slice(0, 5).includes(each as never)),
        '"2"',
      ),
    failure: 'it would close 5 of 8 open findings without a word of them (Wolfi 5)',
    accepted: OPEN.slice(5),
  },
};

describe.each(Object.entries(SPOILT))(
  'a feed over HTTP that %s',
  (_name, { spoil, failure, accepted }) => {
    it('is held and told, its findings stale and none closed, until it is itself or accepted', async () => {
      await using server = await startFeedServer(archiveOf(ALL));
      await using world = await worldOver(server);
      expect((await world.night(nightOf(2))).findings).toEqual(OPEN);

      spoil(server);
      const held = await world.night(nightOf(3));
      expect(held.feed).toMatchObject({ state: 'held', records: ALL.length });
      expect(held.feed.failure).toMatch(new RegExp(failure.replace(/[()]/g, '\\$&')));
      expect(held.feed.hold?.since).toBe(nightOf(3));
      expect(held.findings).toEqual(STALE);
      expect(held.told.map(({ kind }) => kind)).toEqual(['feed']);
      expect(held.told[0]?.remedy.includes('tidewatch feed accept osv-wolfi')).toBe(
        accepted !== undefined,
      );

      // Another night changes nothing: what was taken last is still the measure.
      spoil(server);
      const again = await world.night(nightOf(4));
      expect(again).toMatchObject({ findings: STALE, told: [] });
      expect(again.feed.hold?.since).toBe(nightOf(3));

      const word = { feed: 'osv-wolfi', snapshot: null, by: 'ada', reason: 'they told us' };
      const accepting = acceptFeed({ ...world.cloud, clock }, word);
      if (!accepted) {
        await expect(accepting).rejects.toThrow('nothing to accept');
        server.misbehaviours.length = 0;
        serve(server, ALL, '"3"');
      } else await accepting;

      const over = await world.night(nightOf(5));
      expect(over.feed.state).toBe('fresh');
      expect(over.feed.accepted?.by).toBe(accepted && 'ada');
      expect(over.findings).toEqual(accepted ?? OPEN);
      // What an archive closed on a person's word was in the baseline: only the feed's own thread ends.
      expect(over.told.map(({ kind }) => kind)).toEqual(['resolved']);

      const next = await world.night(nightOf(6));
      // A word holds for once; a control that is gone for good has to be replaced in the configuration.
      expect(next.feed.state).toBe(failure.includes('control') ? 'held' : 'fresh');
      expect(next.feed.accepted).toBeUndefined();
    });
  },
);

describe('a world', () => {
  const feed = 'wolfi';
  const at = (day: number, hour = 12) => `2026-03-0${day}T${hour}:00:00Z`;
  const advise = (day: number, record: object): WrittenEvent => {
    return { at: at(day), do: 'advise', feed, record: record as { id: string } };
  };
  const fault = (day: number, name: string): WrittenEvent =>
    ({ at: at(day, 13), do: 'feed', feed, fault: name }) as WrittenEvent;

  async function worldWith(): Promise<GuardedWorld> {
    const world = await startGuardedWorld(newFolder(), createWorldFeeds([feed]));
    await world.play(...running(PACKAGES), ...OTHERS.slice(0, 9).map((each) => advise(1, each)));
    await world.night(nightOf(2));
    // Told after the baseline, so that their end is told too.
    await world.play(...HITS.map((each) => advise(2, each)));
    const told = await world.night(nightOf(3));
    expect(told.told.map(({ kind }) => kind)).toEqual(HITS.map(() => 'disclosed'));
    return world;
  }

  it.each(['timeout', 'truncated', 'empty', 'shrunk', 'garbage'])(
    'holds a feed that is %s, and closes nothing',
    async (name) => {
      await using world = await worldWith();
      await world.play(fault(3, name));
      const held = await world.night(nightOf(4));
      expect(held.feed.state).toBe('held');
      expect(held.findings).toEqual(STALE);
      expect(held.told.map(({ kind }) => kind)).toEqual(['feed']);
      await world.play(fault(4, 'none'));
      expect(await world.night(nightOf(5))).toMatchObject({
        feed: { state: 'fresh' },
        findings: OPEN,
        told: [{ kind: 'resolved' }],
      });
    },
  );

  it('holds a feed that is older than it was', async () => {
    await using world = await worldWith();
    await world.play(advise(3, NEWEST));
    await world.night(nightOf(4));
    await world.play(fault(4, 'older'));
    const held = await world.night(nightOf(5));
    expect(held).toMatchObject({ feed: { state: 'held' }, findings: STALE });
  });

  it('plays a hold, a look at it, a word, its release and what that closes', async () => {
    await using world = await worldWith();
    await world.play(fault(3, 'shrunk'));
    await world.night(nightOf(4));

    const report = await showFeed(world.cloud, feed);
    expect(report?.difference).toMatchObject({ lost: 9, added: 0, ecosystemsLost: [] });
    expect(report?.difference?.closings?.map(({ id }) => id)).toEqual(HITS.map(({ id }) => id));
    const word = {
      feed,
      snapshot: report?.feed.hold?.offered?.snapshot ?? '',
      by: 'ada',
      reason: null,
    };
    await acceptFeed({ ...world.cloud, clock }, word);
    expect((await showFeed(world.cloud, feed))?.acceptance).toMatchObject({ by: 'ada' });

    const released = await world.night(nightOf(5));
    expect(released.feed).toMatchObject({ state: 'fresh', accepted: { by: 'ada' } });
    expect(released.findings).toEqual([]);
    expect(released.told.map(({ kind }) => kind)).toEqual([...HITS, feed].map(() => 'resolved'));
    await expect(acceptFeed({ ...world.cloud, clock }, word)).rejects.toThrow('is not held');
  });
});
