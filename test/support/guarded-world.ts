import { readCurrentRun } from '../../actions/read-run.ts';
import type { Alert } from '../../core/alert/alert.ts';
import type { FeedState, Run } from '../../core/run/run.ts';
import { handleDeliverAlerts } from '../../lambda/deliver-alerts/handle.ts';
import { createFleet } from '../../local/cloud/orchestrators/fleet.ts';
import { sendTo } from '../../local/cloud/sqs-batches.ts';
import { receiveAlerts } from '../../local/cloud/subscriber.ts';
import { findingLines } from '../../local/player/collect-output.ts';
import { type EmbeddedCloud, startEmbeddedCloud } from '../../local/player/embedded-cloud.ts';
import { createEventPlayer } from '../../local/player/event-player.ts';
import { createNightWorkers } from '../../local/player/night-workers.ts';
import { runEmbeddedNight } from '../../local/player/run-embedded-night.ts';
import { createWorldClock } from '../../local/player/world-clock.ts';
import type { WorldFeeds } from '../../local/player/world-feeds.ts';
import { createWorldSuppressions } from '../../local/player/world-suppressions.ts';
import { WorldEvent, type WrittenEvent } from '../../local/world/world-event.ts';

/** What a night left. */
export interface GuardedNight {
  readonly run: Run;
  readonly feed: FeedState;
  readonly told: readonly Alert[];
  /** `CVE-… open`, sorted. */
  readonly findings: readonly string[];
}

/** An embedded cloud between whose events a test may step in. */
export interface GuardedWorld extends AsyncDisposable {
  readonly cloud: EmbeddedCloud;
  play(...events: readonly WrittenEvent[]): Promise<void>;
  night(runId: string): Promise<GuardedNight>;
}

export async function startGuardedWorld(folder: string, feeds: WorldFeeds): Promise<GuardedWorld> {
  const clock = createWorldClock('2026-03-01T00:00:00.000Z');
  const fleet = createFleet();
  const suppressions = createWorldSuppressions(undefined);
  const watched = new Set<string>();
  const cloud = await startEmbeddedCloud({
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
  return {
    cloud,
    async play(...events) {
      for (const event of events.map((each) => WorldEvent.parse(each))) {
        clock.moveTo(event.at);
        await outside.play(event);
      }
    },
    async night(runId) {
      clock.moveTo(runId);
      await runEmbeddedNight(createNightWorkers(cloud.ports), runId);
      await handleDeliverAlerts(cloud.ports)();
      const { sqs, subscriber } = cloud.messaging;
      const told: readonly Alert[] = await receiveAlerts(sqs, subscriber);
      const run = await readCurrentRun(cloud);
      const [feed] = run?.feeds ?? [];
      if (run?.runId !== runId || !feed) throw new Error(`not committed: ${runId}`);
      const lines = await findingLines(cloud.objects, run);
      return { run, feed, told, findings: lines.map(({ id, state }) => `${id} ${state}`).sort() };
    },
    [Symbol.asyncDispose]: () => cloud.stop(),
  };
}

/** Pushes an image of Wolfi with these packages and runs it. */
export function running(packages: readonly string[]): WrittenEvent[] {
  const image = 'cgr.dev/harbour/api:latest';
  const osRelease = { ID: 'wolfi', NAME: 'Wolfi', VERSION_ID: '20230201' };
  const layers = [{ osRelease, apk: packages.map((name) => `${name}=1.0-r0`) }];
  const config = { User: '65532' };
  return [
    {
      at: '2026-03-01T07:00:00Z',
      do: 'push',
      image,
      platforms: { 'linux/amd64': { layers, config } },
    },
    {
      at: '2026-03-01T08:00:00Z',
      do: 'deploy',
      workload: 'ecs/harbour/api',
      container: 'api',
      image,
    },
  ];
}
