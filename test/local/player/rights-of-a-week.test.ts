import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Steps, WorkerName } from '../../../actions/night-steps.ts';
import type { Indexer } from '../../../actions/ports.ts';
import { runNight } from '../../../actions/run-night.ts';
import { handleAssessPush } from '../../../lambda/assess-push/handle.ts';
import { handleCommitRun } from '../../../lambda/commit-run/handle.ts';
import { handleCompareLineages } from '../../../lambda/compare-lineages/handle.ts';
import { handleDeliverAlerts } from '../../../lambda/deliver-alerts/handle.ts';
import { handleIndexImage } from '../../../lambda/index-image/handle.ts';
import { handleListDeployments } from '../../../lambda/list-deployments/handle.ts';
import { handleMatchFleet } from '../../../lambda/match-fleet/handle.ts';
import { handleObserveTags } from '../../../lambda/observe-tags/handle.ts';
import { handleReassessPushes } from '../../../lambda/reassess-pushes/handle.ts';
import { handleReconcileImages } from '../../../lambda/reconcile-images/handle.ts';
import { handleRecordObservations } from '../../../lambda/record-observations/handle.ts';
import { handleRefreshFeeds } from '../../../lambda/refresh-feeds/handle.ts';
import { handleWatchTags } from '../../../lambda/watch-tags/handle.ts';
import { handleWriteReport } from '../../../lambda/write-report/handle.ts';
import { defineConfig } from '../../../lib/tidewatch-config.ts';
import { drainQueue } from '../../../local/cloud/event-source-mapping.ts';
import { createFleet } from '../../../local/cloud/orchestrators/fleet.ts';
import { sendTo } from '../../../local/cloud/sqs-batches.ts';
import { type EmbeddedCloud, startEmbeddedCloud } from '../../../local/player/embedded-cloud.ts';
import { createEventPlayer } from '../../../local/player/event-player.ts';
import type { ProductPorts } from '../../../local/player/product-ports.ts';
import { createWorldClock } from '../../../local/player/world-clock.ts';
import { createWorldFeeds } from '../../../local/player/world-feeds.ts';
import { feedsOf, hostsOf } from '../../../local/player/world-hosts.ts';
import { parseWorld } from '../../../local/world/parse-world.ts';
import { synthesize } from '../../support/function-rights.ts';

/** What a call of a port asks of AWS. */
const NEEDS: Record<string, Record<string, (key: string) => readonly string[]>> = {
  objects: {
    // A missing key is only known to be missing by who may list.
    get: (key) => [`s3:GetObject ${key}`, 's3:ListBucket Objects'],
    getRange: (key) => [`s3:GetObject ${key}`],
    put: (key) => [`s3:PutObject ${key}`],
    list: () => ['s3:ListBucket Objects'],
  },
  state: {
    head: () => ['dynamodb:GetItem State'],
    heads: () => ['dynamodb:Query State'],
    // A put whose condition fails is followed by a look at what is there.
    commitHead: () => ['dynamodb:PutItem State', 'dynamodb:GetItem State'],
    pendingHeads: () => ['dynamodb:Query State/index/pending'],
    runPointer: () => ['dynamodb:GetItem State'],
    commitRunPointer: () => ['dynamodb:PutItem State', 'dynamodb:GetItem State'],
    isDelivered: () => ['dynamodb:GetItem State'],
    markDelivered: () => ['dynamodb:PutItem State'],
    putObservation: () => ['dynamodb:PutItem State'],
    observations: () => ['dynamodb:Query State'],
  },
  registry: {
    resolve: () => ['ecr:BatchGetImage repository/*'],
    manifest: () => ['ecr:BatchGetImage repository/*'],
    tags: () => ['ecr:ListImages repository/*'],
    blob: () => ['ecr:GetDownloadUrlForLayer repository/*'],
    capture: () => ['ecr:GetDownloadUrlForLayer repository/*'],
    // Only cgr.dev has one.
    tagHistory: () => [],
  },
  lister: {
    list: () => ['ecr:DescribeRepositories repository/*', 'ecr:DescribeImages repository/*'],
  },
  deployments: {
    list: () => [
      'ecs:ListClusters *',
      'ecs:ListTasks *',
      'ecs:ListServices *',
      'ecs:DescribeTasks task/*',
      'lambda:ListFunctions *',
      'lambda:GetFunction function:*',
      'eks:DescribeCluster cluster/harbour',
    ],
  },
  indexer: { index: () => ['lambda:InvokeFunction IndexImage'] },
  topic: { publish: () => ['sns:Publish Alerts'] },
  people: { publish: () => ['sns:Publish People'] },
  subscriptions: {
    missing: () => ['sns:GetTopicAttributes People', 'sns:GetTopicAttributes Operations'],
  },
  assessQueue: { send: () => ['sqs:SendMessage IndexedImages'] },
  pushQueue: { sendLater: () => ['sqs:SendMessage PushedImages'] },
  leases: {
    take: () => ['dynamodb:PutItem State'],
    giveBack: () => ['dynamodb:DeleteItem State'],
    pause: () => [],
  },
};

const folder = mkdtempSync(join(tmpdir(), 'tidewatch-rights-'));
const needed = new Map<string, Set<string>>();

beforeAll(playWeek, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('over a week, the role of', () => {
  const { rights } = synthesize(defineConfig({ orchestrators: { eks: ['harbour'] } }));

  it.each([...rights.keys()].filter((name) => !['RunNight', 'StartNight'].includes(name)))(
    '%s is enough',
    (name) => {
      const granted = (rights.get(name) ?? []).map(toPattern);
      const needs = [...(needed.get(name) ?? [])];

      expect(needs.length).toBeGreaterThan(0);
      expect(needs.filter((need) => !granted.some((each) => each.test(need)))).toEqual([]);
    },
  );
});

/** Plays the bundled week through every function's own door, and notes what each asked for. */
async function playWeek(): Promise<void> {
  const events = parseWorld(readFileSync('worlds/week.ndjson'));
  const clock = createWorldClock(events[0]?.at ?? '');
  const fleet = createFleet();
  const feeds = createWorldFeeds(feedsOf(events));
  const watched = new Set<string>();
  const cloud = await startEmbeddedCloud({
    folder,
    clock,
    hosts: hostsOf(events),
    fleet,
    feeds,
    watchList: { images: async () => [...watched] },
    log: { info() {}, warn() {} },
  });
  try {
    const announce = sendTo(cloud.messaging.sqs, cloud.messaging.pushes.url);
    const outside = createEventPlayer({ cloud, announce, fleet, feeds, watched });
    const functions = createFunctions(cloud.ports);
    for (const event of events) {
      clock.moveTo(event.at);
      await outside.play(event);
      await functions['watch-tags']();
      if (event.do === 'night') await playNight(functions, clock.text());
      await settle(cloud, functions, clock);
    }
  } finally {
    await cloud.stop();
  }
}

type Functions = ReturnType<typeof createFunctions>;

function createFunctions(ports: ProductPorts) {
  const index = recorded('IndexImage', { ...ports, indexer: { index: async () => {} } });
  const indexImage = handleIndexImage({ ...index, images: index.registry });
  const indexer: Indexer = {
    index: async (images) => void (await indexImage({ images: [...images] })),
  };
  const portsOf = (name: string) => recorded(name, { ...ports, indexer });
  return {
    'index-image': indexImage,
    'assess-push': handleAssessPush(portsOf('AssessPush')),
    'deliver-alerts': handleDeliverAlerts(portsOf('DeliverAlerts')),
    'observe-tags': handleObserveTags(portsOf('ObserveTags')),
    'list-deployments': handleListDeployments(portsOf('ListDeployments')),
    'reconcile-images': handleReconcileImages(portsOf('ReconcileImages')),
    'record-observations': handleRecordObservations(portsOf('RecordObservations')),
    'refresh-feeds': handleRefreshFeeds(portsOf('RefreshFeeds')),
    'match-fleet': handleMatchFleet(portsOf('MatchFleet')),
    'compare-lineages': handleCompareLineages(portsOf('CompareLineages')),
    'commit-run': handleCommitRun(portsOf('CommitRun')),
    'reassess-pushes': handleReassessPushes(portsOf('ReassessPushes')),
    'write-report': handleWriteReport(portsOf('WriteReport')),
    'watch-tags': handleWatchTags(portsOf('WatchTags')),
  };
}

/** Workers that share a function. */
const FUNCTIONS: Partial<Record<WorkerName, keyof Functions>> = {
  'index-batch': 'index-image',
  'list-feeds': 'refresh-feeds',
  'refresh-feed': 'refresh-feeds',
};

async function playNight(functions: Functions, runId: string): Promise<void> {
  const invoke = async (_step: string, worker: WorkerName, input: unknown) => {
    const name = FUNCTIONS[worker] ?? worker;
    return (functions[name as keyof Functions] as (input: unknown) => Promise<never>)(input);
  };
  const invokeEach: Steps['invokeEach'] = async (_group, worker, inputs) => {
    const outputs: never[] = [];
    for (const { step, input } of inputs) outputs.push(await invoke(step, worker, input));
    return outputs;
  };
  await runNight({ invoke, invokeEach }, { runId });
}

async function settle(
  { messaging }: EmbeddedCloud,
  functions: Functions,
  clock: ReturnType<typeof createWorldClock>,
): Promise<void> {
  const drain = (queue: typeof messaging.pushes, functionName: 'index-image' | 'assess-push') =>
    drainQueue({
      sqs: messaging.sqs,
      queue,
      functionName,
      handler: functions[functionName] as Parameters<typeof drainQueue>[0]['handler'],
      batchSize: 5,
      clock,
    });
  await drain(messaging.pushes, 'index-image');
  await drain(messaging.assess, 'assess-push');
  await functions['deliver-alerts']();
}

interface AllPorts extends ProductPorts {
  readonly indexer: Indexer;
}

/** The same ports, noting what each call asks of AWS. */
function recorded(name: string, ports: AllPorts): AllPorts {
  const needs = new Set<string>();
  needed.set(name, needs);
  const wrapped = Object.entries(NEEDS).map(([port, methods]) => {
    const inside = ports[port as keyof AllPorts] as object;
    const outside = new Proxy(inside, {
      get(target, method: string) {
        const call = Reflect.get(target, method);
        const needsOf = methods[method];
        if (!needsOf) throw new Error(`unknown call: ${port}.${method}`);
        return (key: string, ...rest: unknown[]) => {
          for (const need of needsOf(key)) needs.add(need);
          return call.call(target, key, ...rest);
        };
      },
    });
    return [port, outside];
  });
  return { ...ports, ...Object.fromEntries(wrapped) };
}

/** A right as IAM reads it: `*` stands for anything, slashes too. */
function toPattern(right: string): RegExp {
  return new RegExp(
    `^${right
      .split('*')
      .map((part) => part.replaceAll(/[.+?^${}()|[\]\\/]/g, '\\$&'))
      .join('.*')}$`,
  );
}
