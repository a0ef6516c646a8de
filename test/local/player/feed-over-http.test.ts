import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { readCurrentRun } from '../../../actions/read-run.ts';
import { createS3Client } from '../../../adapters/aws/create-aws-clients.ts';
import type { Alert } from '../../../core/alert/alert.ts';
import { handleDeliverAlerts } from '../../../lambda/deliver-alerts/handle.ts';
import { openFeeds } from '../../../lambda/shared/open-feeds.ts';
import { embeddedClientOptions } from '../../../local/cloud/embedded-clients.ts';
import { createFleet } from '../../../local/cloud/orchestrators/fleet.ts';
import { sendTo } from '../../../local/cloud/sqs-batches.ts';
import { receiveAlerts } from '../../../local/cloud/subscriber.ts';
import { findingLines } from '../../../local/player/collect-output.ts';
import { type EmbeddedCloud, startEmbeddedCloud } from '../../../local/player/embedded-cloud.ts';
import { createEventPlayer } from '../../../local/player/event-player.ts';
import { createNightWorkers } from '../../../local/player/night-workers.ts';
import { runEmbeddedNight } from '../../../local/player/run-embedded-night.ts';
import { createWorldClock, type WorldClock } from '../../../local/player/world-clock.ts';
import { createWorldFeeds } from '../../../local/player/world-feeds.ts';
import { createWorldSuppressions } from '../../../local/player/world-suppressions.ts';
import { parseWorld } from '../../../local/world/parse-world.ts';
import { anAdvisory } from '../../support/fake-ports.ts';
import { type FeedServer, startFeedServer } from '../../support/feed-server.ts';
import { newFolder } from '../../support/play-folder.ts';
import { zipOf } from '../../support/zip-archive.ts';

const IMAGE = 'cgr.dev/harbour/api:latest';
const WORLD = [
  {
    at: '2026-03-01T07:00:00Z',
    do: 'push',
    image: IMAGE,
    platforms: {
      'linux/amd64': {
        layers: [
          {
            osRelease: { ID: 'wolfi', NAME: 'Wolfi', VERSION_ID: '20230201' },
            apk: ['openssl=3.0.0-r0'],
          },
        ],
        config: { User: '65532' },
      },
    },
  },
  {
    at: '2026-03-01T08:00:00Z',
    do: 'deploy',
    workload: 'ecs/harbour/api',
    container: 'api',
    image: IMAGE,
    platform: 'linux/amd64',
  },
];

const OTHER = anAdvisory('CGA-2', { name: 'busybox' });
const CVE = 'CVE-2026-9000032';
const HIT = { ...anAdvisory('CGA-1', { name: 'openssl', fixed: '3.0.0-r1' }), upstream: [CVE] };

const folder = newFolder();
const clock: WorldClock = createWorldClock('2026-03-01T07:00:00.000Z');
let server: FeedServer;
let cloud: EmbeddedCloud;

beforeAll(async () => {
  server = await startFeedServer(archiveOf([OTHER]));
  const fleet = createFleet();
  const specs = [{ name: 'osv-wolfi', url: `${server.url}/Wolfi/all.zip`, control: 'CGA-2' }];
  const feeds = {
    ...createWorldFeeds([]),
    feeds: openFeeds(specs, createS3Client(embeddedClientOptions('http://127.0.0.1:1')), {
      folder,
    }),
  };
  const suppressions = createWorldSuppressions(undefined);
  const watched = new Set<string>();
  cloud = await startEmbeddedCloud({
    folder,
    clock,
    hosts: ['cgr.dev'],
    fleet,
    feeds,
    suppressions,
    watchList: { images: async () => [...watched] },
    log: { info() {}, warn() {} },
  });
  const announce = sendTo(cloud.messaging.sqs, cloud.messaging.pushes.url);
  const outside = createEventPlayer({ cloud, announce, fleet, feeds, suppressions, watched });
  for (const event of parseWorld(
    Buffer.from(WORLD.map((each) => JSON.stringify(each)).join('\n')),
  )) {
    clock.moveTo(event.at);
    await outside.play(event);
  }
});
afterAll(async () => {
  await cloud.stop();
  await server[Symbol.asyncDispose]();
});
beforeEach(() => {
  server.requests.length = 0;
});

it('is the baseline on its first night', async () => {
  expect(await playNight('2026-03-02T02:00:00.000Z')).toEqual({
    feed: { name: 'osv-wolfi', state: 'fresh', records: 1, failure: null },
    told: ['baseline'],
    findings: [],
  });
});

it('finds what the feed has said since', async () => {
  Object.assign(server, { archive: archiveOf([OTHER, HIT]), etag: '"2"' });

  expect(await playNight('2026-03-03T02:00:00.000Z')).toEqual({
    feed: { name: 'osv-wolfi', state: 'fresh', records: 2, failure: null },
    told: ['disclosed'],
    findings: [CVE],
  });
  expect(server.requests.map(({ headers }) => headers['if-none-match'])).toEqual(['"1"']);
});

it('lets the findings stand when the feed is unchanged', async () => {
  expect(await playNight('2026-03-04T02:00:00.000Z')).toEqual({
    feed: { name: 'osv-wolfi', state: 'fresh', records: 2, failure: null },
    told: [],
    findings: [CVE],
  });
  expect(server.requests.map(({ headers }) => headers['if-none-match'])).toEqual(['"2"']);
});

it('resolves nothing while there is a page in the feed’s place', async () => {
  Object.assign(server, { archive: Buffer.from('<html>'), etag: '"3"' });

  expect(await playNight('2026-03-05T02:00:00.000Z')).toMatchObject({
    feed: { state: 'held', records: 2, failure: expect.stringContaining('<html>') },
    told: ['feed'],
    findings: [CVE],
  });
});

it('resolves what the feed takes back', async () => {
  const withdrawn = { modified: '2026-03-05T12:00:00Z', withdrawn: '2026-03-05T12:00:00Z' };
  Object.assign(server, { archive: archiveOf([OTHER, { ...HIT, ...withdrawn }]), etag: '"4"' });

  const night = await playNight('2026-03-06T02:00:00.000Z');
  expect(night).toMatchObject({ feed: { state: 'fresh' }, findings: [] });
  expect(new Set(night.told)).toEqual(new Set(['resolved']));
});

async function playNight(runId: string) {
  clock.moveTo(runId);
  await runEmbeddedNight(createNightWorkers(cloud.ports), runId);
  await handleDeliverAlerts(cloud.ports)();
  const alerts: readonly Alert[] = await receiveAlerts(
    cloud.messaging.sqs,
    cloud.messaging.subscriber,
  );
  const run = await readCurrentRun(cloud);
  if (run?.runId !== runId) throw new Error(`not committed: ${runId}`);
  const [feed] = run.feeds;
  return {
    feed: feed && {
      name: feed.name,
      state: feed.state,
      records: feed.records,
      failure: feed.failure,
    },
    told: alerts.map(({ kind }) => kind),
    findings: (await findingLines(cloud.objects, run)).map(({ id }) => id),
  };
}

function archiveOf(records: readonly { readonly id: string }[]): Buffer {
  return zipOf(records.map((each) => ({ name: `${each.id}.json`, text: JSON.stringify(each) })));
}
