import { join } from 'node:path';
import { BATCH } from '../actions/reconcile-images.ts';
import type { NightWorkers } from '../local/player/plain-steps.ts';
import { playWorld } from '../local/player/play-world.ts';
import { runEmbeddedNight } from '../local/player/run-embedded-night.ts';
import { parseWorld } from '../local/world/parse-world.ts';
import { fleetEvents, layersOf } from './fleet-world.ts';
import { inFolder } from './in-folder.ts';
import type { BenchRow } from './measure.ts';
import { sizesBelow } from './stored-sizes.ts';

/** Images that nobody has indexed. */
const IMAGES = 3_000;

/** The first night of a large installation: every image that runs is unknown. Its progress goes to standard error. */
export function benchBackfill(): Promise<readonly BenchRow[]> {
  return inFolder(measureBackfill);
}

async function measureBackfill(folder: string): Promise<readonly BenchRow[]> {
  const at = '2026-03-02T02:00:00.000Z';
  const events = [...fleetEvents(at, IMAGES), { at, do: 'night' }];
  const text = events.map((event) => `${JSON.stringify(event)}\n`).join('');
  const progress = createProgress();
  let contentBytes = 0;
  console.error(`backfill: pushing ${IMAGES} images`);
  const played = await playWorld(parseWorld(Buffer.from(text)), folder, {
    runNight: (workers, runId) => runEmbeddedNight(progress.watch(workers), runId),
    onNight: (_runId, run, traffic) => {
      if (run?.status !== 'complete')
        throw new Error(`the night is ${run?.status}: ${run?.unseen}`);
      contentBytes = traffic.contentBytes;
    },
  });
  const { seconds, rss, imagesPerSecond } = progress.result();
  const stored = sizesBelow(join(folder, '.state', 'objects'));
  const kinds = ['captures', 'inventories', 'images'];
  const kept = kinds.reduce((sum, kind) => sum + stored.get(kind), 0);
  const layers = played.cloud.counters.of('layer').requests;
  const name = `first night of ${IMAGES} images`;
  return [
    { name, value: seconds, unit: 's' },
    {
      name: `${name}: indexing`,
      value: imagesPerSecond,
      unit: 'images/s',
      note: 'one batch at once',
    },
    { name: `${name}: registry`, value: contentBytes / IMAGES, unit: 'bytes/image' },
    {
      name: `${name}: layers read`,
      value: layers / layersOf(IMAGES),
      unit: 'times',
      note: `${layers} requests for ${layersOf(IMAGES)} layers`,
    },
    { name: `${name}: kept`, value: kept / IMAGES, unit: 'bytes/image' },
    { name: `${name}: RSS`, value: rss / 1e6, unit: 'MB', note: 'emulators and registry included' },
  ];
}

/** Watches the batches of a night: tells of each tenth, and what memory the process has then. */
function createProgress() {
  let began = 0;
  let ended = 0;
  let batches = 0;
  let indexing = 0;
  let rss = 0;
  return {
    watch(workers: NightWorkers): NightWorkers {
      began = performance.now();
      return {
        ...workers,
        async 'index-batch'(input) {
          const start = performance.now();
          const result = await workers['index-batch'](input);
          indexing += performance.now() - start;
          batches++;
          rss = Math.max(rss, process.memoryUsage().rss);
          const images = batches * BATCH;
          const rate = Math.round((images * 1000) / indexing);
          if (batches % 10 === 0) console.error(`backfill: ${images} images, ${rate}/s`);
          return result;
        },
        async 'write-report'(input) {
          const result = await workers['write-report'](input);
          ended = performance.now();
          rss = Math.max(rss, process.memoryUsage().rss);
          return result;
        },
      };
    },
    result: () => ({
      seconds: (ended - began) / 1000,
      rss,
      imagesPerSecond: (IMAGES * 1000) / indexing,
    }),
  };
}
