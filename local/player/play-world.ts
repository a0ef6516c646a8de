import { join } from 'node:path';
import { RUN_FORMATS } from '../../actions/read-run.ts';
import { findObject } from '../../actions/stored-objects.ts';
import type { Alert } from '../../core/alert/alert.ts';
import { type Run, runKeys } from '../../core/run/run.ts';
import type { SuppressionSet } from '../../core/suppress/suppression.ts';
import { handleAssessPush } from '../../lambda/assess-push/handle.ts';
import { handleDeliverAlerts } from '../../lambda/deliver-alerts/handle.ts';
import { handleIndexImage } from '../../lambda/index-image/handle.ts';
import { drainQueue } from '../cloud/event-source-mapping.ts';
import { createFleet } from '../cloud/orchestrators/fleet.ts';
import { runProcess } from '../cloud/process.ts';
import { sendTo, takeBodies } from '../cloud/sqs-batches.ts';
import type { RedrivenQueue } from '../cloud/start-messaging.ts';
import { receiveAlerts, receiveMails } from '../cloud/subscriber.ts';
import type { WorldEvent } from '../world/world-event.ts';
import {
  type FindingLine,
  failedRunLine,
  findingLines,
  findReport,
  observationLines,
  type RunLine,
  runLine,
  type WorldOutput,
  writeOutput,
} from './collect-output.ts';
import { type EmbeddedCloud, startEmbeddedCloud } from './embedded-cloud.ts';
import { createEventPlayer } from './event-player.ts';
import { openFileLog } from './file-log.ts';
import { type NightTraffic, startCounting } from './night-traffic.ts';
import { createNightWorkers } from './night-workers.ts';
import { prepareOutput } from './output-folder.ts';
import type { NightWorkers } from './plain-steps.ts';
import { runEmbeddedHour } from './run-embedded-hour.ts';
import { runEmbeddedNight } from './run-embedded-night.ts';
import { createWorldClock, type WorldClock } from './world-clock.ts';
import { createWorldFeeds } from './world-feeds.ts';
import { feedsOf, hostsOf } from './world-hosts.ts';
import { createWorldSuppressions } from './world-suppressions.ts';

/** Runs one night to its end; plain unless a test has another way. */
export type NightRunner = (workers: NightWorkers, runId: string) => Promise<unknown>;

/** What a play tells while it goes on, and how it may differ. */
export interface PlayOptions {
  readonly onEvent?: (event: WorldEvent) => void;
  /** When the outside world has done its part and the product takes over. */
  readonly onHappened?: (event: WorldEvent) => void;
  readonly onAlert?: (alert: Alert, at: string) => void;
  /** After each night; `undefined` when it was not committed. */
  readonly onNight?: (runId: string, run: Run | undefined, traffic: NightTraffic) => void;
  /** After which events the watched tags are looked at, as they are every hour when deployed; before a night where it is one. @default none: a world has no hours */
  readonly runsHour?: (event: WorldEvent) => boolean;
  /** What is suppressed besides what the world says. @default nothing */
  readonly suppressions?: SuppressionSet | undefined;
  /** @default runEmbeddedNight */
  readonly runNight?: NightRunner;
}

/** What was played. */
export interface Played extends WorldOutput {
  readonly nights: number;
  /** Nights that could not be brought to an end, with why. */
  readonly failedNights: readonly { readonly runId: string; readonly error: unknown }[];
  /** Messages that were received in vain until their queue gave them up: pushes, then what was to be assessed. */
  readonly deadLetters: readonly string[];
  /** What people were told, in plain text. */
  readonly mails: readonly string[];
  /** How often the product made each call. */
  readonly calls: ReadonlyMap<string, number>;
  readonly cloud: Pick<EmbeddedCloud, 'counters'>;
}

/**
 * Plays a world through the product's handlers and the embedded cloud, and writes
 * its output into a folder.
 *
 * @throws OutputFolderError, FolderLockedError before anything is played
 */
export async function playWorld(
  events: readonly WorldEvent[],
  folder: string,
  options: PlayOptions = {},
): Promise<Played> {
  const output = await prepareOutput(folder);
  const clock = createWorldClock(events[0]?.at ?? '1970-01-01T00:00:00.000Z');
  const log = openFileLog(join(output.state, 'log.ndjson'), clock);
  const fleet = createFleet();
  const feeds = createWorldFeeds(feedsOf(events));
  const suppressions = createWorldSuppressions(options.suppressions);
  const watched = new Set<string>();
  try {
    const cloud = await startEmbeddedCloud({
      folder: output.state,
      clock,
      hosts: hostsOf(events),
      fleet,
      feeds,
      suppressions,
      watchList: { images: async () => [...watched] },
      log,
    });
    try {
      const announce = sendTo(cloud.messaging.sqs, cloud.messaging.pushes.url);
      const outside = createEventPlayer({ cloud, announce, fleet, feeds, suppressions, watched });
      const play = createPlay(cloud, clock, options);
      for (const event of events) {
        clock.moveTo(event.at);
        options.onEvent?.(event);
        await outside.play(event);
        options.onHappened?.(event);
        if (options.runsHour?.(event)) await play.hour();
        if (event.do === 'night') await play.night();
        await play.settle();
        if (event.do !== 'night') continue;
        await outside.releaseLate();
        await play.settle();
      }
      const observations = await observationLines(cloud.state, [...watched]);
      const { mails, ...result } = play.result();
      const played = { ...result, observations };
      await writeOutput(folder, played);
      return {
        ...played,
        mails,
        deadLetters: await deadLettersOf(cloud),
        calls: cloud.faults.seen(),
        cloud,
      };
    } finally {
      await cloud.stop();
    }
  } finally {
    await log.close();
    await output.release();
  }
}

/** Sweeps of one event's alerts, at most; the next come after the next event, as in minutes when deployed. */
const SWEEPS = 10;

function createPlay(cloud: EmbeddedCloud, clock: WorldClock, options: PlayOptions) {
  const { ports, messaging, objects, state } = cloud;
  const workers = createNightWorkers(ports);
  const indexImage = handleIndexImage({ ...ports, images: ports.registry });
  const assessPush = handleAssessPush(ports);
  const deliver = handleDeliverAlerts(ports);
  const alerts: (Alert & { readonly at: string })[] = [];
  const mails: string[] = [];
  const runs: RunLine[] = [];
  const findings: FindingLine[] = [];
  const reports: { runId: string; page: Uint8Array }[] = [];
  const failedNights: { runId: string; error: unknown }[] = [];

  const drain = (queue: RedrivenQueue, functionName: string, handler: SqsHandler) =>
    drainQueue({ sqs: messaging.sqs, queue, functionName, handler, batchSize: 10, clock });

  return {
    async hour(): Promise<void> {
      const outcome = await runEmbeddedHour(ports);
      if (outcome.kind !== 'failed') return;
      ports.log.warn('hour failed', { at: clock.text(), error: String(outcome.error) });
    },
    async night(): Promise<void> {
      const runId = clock.text();
      const trafficOf = startCounting(cloud);
      await (options.runNight ?? runEmbeddedNight)(workers, runId).catch((error: unknown) => {
        failedNights.push({ runId, error });
        ports.log.warn('night failed', { runId, error: String(error) });
      });
      const run = await committedRun(cloud, runId);
      runs.push(run ? runLine(run) : failedRunLine(runId));
      // One by one: a large fleet has more than a call takes arguments.
      for (const line of run ? await findingLines(objects, run) : []) findings.push(line);
      const page = await findReport(objects, runId);
      if (page) reports.push({ runId, page });
      options.onNight?.(runId, run, trafficOf());
    },
    /** Lets the queues and the pending alerts run dry. */
    async settle(): Promise<void> {
      await drain(messaging.pushes, 'index-image', indexImage);
      await drain(messaging.assess, 'assess-push', assessPush);
      for (let sweep = 0; sweep < SWEEPS; sweep++) {
        const outcome = await runProcess(deliver);
        if (outcome.kind === 'done' && outcome.value.failed === 0 && (await isDry(state))) break;
      }
      for (const alert of await receiveAlerts(messaging.sqs, messaging.subscriber)) {
        alerts.push({ at: clock.text(), ...alert });
        options.onAlert?.(alert, clock.text());
      }
      mails.push(...(await receiveMails(messaging.sqs, messaging.reader)));
    },
    result: () => ({ alerts, mails, runs, findings, reports, failedNights, nights: runs.length }),
  };
}

type SqsHandler = Parameters<typeof drainQueue>[0]['handler'];

async function isDry(state: EmbeddedCloud['state']): Promise<boolean> {
  const pointer = await state.runPointer();
  return !pointer?.pending.length && (await state.pendingHeads()).length === 0;
}

async function deadLettersOf({ messaging }: EmbeddedCloud): Promise<readonly string[]> {
  const { sqs, pushes, assess } = messaging;
  return [
    ...(await takeBodies(sqs, pushes.deadLetters.url)),
    ...(await takeBodies(sqs, assess.deadLetters.url)),
  ];
}

async function committedRun(cloud: EmbeddedCloud, runId: string): Promise<Run | undefined> {
  const pointer = await cloud.state.runPointer();
  if (pointer?.runId !== runId) return undefined;
  return findObject<Run>(cloud.objects, RUN_FORMATS.run, runKeys.run(runId));
}
