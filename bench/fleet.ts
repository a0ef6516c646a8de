import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type KeptIndex, keepIndex } from '../actions/fleet-index.ts';
import { INDEX_ENGINE, readSegment, segmentKey, writeBase } from '../actions/fleet-segments.ts';
import { matchUnits } from '../actions/match-units.ts';
import type { ObjectStore } from '../actions/ports.ts';
import { writeSnapshot } from '../actions/write-snapshot.ts';
import { createFolderObjectStore } from '../adapters/local/folder-object-store.ts';
import { encodeSegment } from '../core/fleet/encode-segment.ts';
import { type FleetIndex, indexInventory } from '../core/fleet/fleet-index.ts';
import {
  affectedBy,
  changedUnits,
  findingsOfImage,
  type UnitFindings,
} from '../core/fleet/unit-findings.ts';
import { type Digest, digestOf } from '../core/image/digest.ts';
import type { FeedState } from '../core/run/run.ts';
import { inFolder } from './in-folder.ts';
import { FEEDS, type FeedName, makeFleet, newPackages, recordsOf } from './made-up-fleet.ts';
import type { BenchRow } from './measure.ts';

const NEW_DIGESTS = 500;
/** As a function of 2,048 MB would be started, with the half of it that the budget allows. */
const FLAGS = ['--max-old-space-size=800'];
const SOURCE = fileURLToPath(import.meta.url);

const run = promisify(execFile);

/** What one child process is to do: prepare a part, or measure one. */
type Task = FeedName | 'today' | 'index' | 'night' | 'quiet' | 'compaction';

/** What was measured of one thing. */
interface Lap {
  readonly name: string;
  readonly seconds: number;
  /** Processor time of all threads. */
  readonly busy: number;
}

/** What a child process says. */
interface Measured {
  readonly laps: readonly Lap[];
  readonly counts: Readonly<Record<string, number>>;
  /** Bytes. */
  readonly rss: number;
}

/**
 * A night's matching of a fleet as large as the budget has it, from its stored index and
 * snapshots; each measured part in a process of its own, bundled as for Lambda.
 */
export function benchFleet(): Promise<readonly BenchRow[]> {
  return inFolder(async (folder) => {
    const program = await bundle(folder);
    const tasks: Task[] = ['chainguard', 'debian', 'pypi', 'today', 'index'];
    for (const task of tasks) await run(process.execPath, [program, task, folder]);
    const rows: BenchRow[] = [];
    for (const task of ['night', 'quiet', 'compaction'] satisfies Task[]) {
      const { stdout } = await run(process.execPath, [...FLAGS, program, task, folder]);
      rows.push(...rowsOf(task, JSON.parse(stdout)));
    }
    return rows;
  });
}

function rowsOf(task: Task, { laps, counts, rss }: Measured): BenchRow[] {
  return [
    ...laps.map(({ name, seconds, busy }) => {
      return {
        name: `${task}: ${name}`,
        value: seconds,
        unit: 's',
        note: `processors ${busy.toFixed(2)} s`,
      };
    }),
    ...Object.entries(counts).map(([name, value]) => ({
      name: `${task}: ${name}`,
      value,
      unit: '',
    })),
    { name: `${task}: RSS`, value: rss / 1e6, unit: 'MB' },
  ];
}

/** As Lambda has it: stripping types as Node loads the sources takes memory too. */
async function bundle(folder: string): Promise<string> {
  const program = join(folder, 'fleet.mjs');
  const options = ['--bundle', '--minify', '--platform=node', '--format=esm'];
  await run('node_modules/.bin/esbuild', [SOURCE, ...options, `--outfile=${program}`]);
  return program;
}

function createStopwatch() {
  const laps: Lap[] = [];
  return {
    laps,
    async time<Result>(name: string, work: () => Result | Promise<Result>): Promise<Result> {
      const [start, cpu] = [performance.now(), process.cpuUsage()];
      const result = await work();
      const { user, system } = process.cpuUsage(cpu);
      laps.push({
        name,
        seconds: (performance.now() - start) / 1000,
        busy: (user + system) / 1e6,
      });
      return result;
    },
  };
}

async function writeFeed(folder: string, feed: FeedName, day: number): Promise<void> {
  const { key } = await writeSnapshot(openObjects(folder), feed, recordsOf(feed, day));
  await keep(folder, day === 0 ? feed : 'today', key);
}

async function writeIndex(folder: string): Promise<void> {
  const objects = openObjects(folder);
  await keep(folder, 'index', await writeBase(objects, makeFleet()));
  for (const inventory of newInventories()) {
    await objects.put(segmentKey(inventory.digest), encodeSegment(indexInventory(inventory)));
  }
}

function newInventories() {
  return Array.from({ length: NEW_DIGESTS }, (_, n) => ({
    digest: digestOf(`new ${n}`),
    packages: newPackages(n),
    checks: [],
    problems: [],
    runtimes: [],
  }));
}

/** A night by today's feeds after one by yesterday's: matching both, the difference, and what it means for the images. */
async function measureNight(folder: string): Promise<Measured> {
  const objects = countReads(openObjects(folder));
  const { laps, time } = createStopwatch();
  const key = await kept(folder, 'index');
  const index = await time('index read', () => readSegment(objects, key));
  const matching = matchUnits(objects, index.units);
  const yesterday = await feedsOf(folder, false);
  const before = await time('matched by yesterday’s feeds, reading them', () =>
    matching.match(yesterday, '2026-11-21T02:00:00Z'),
  );
  const after = await time('matched by today’s, reading what is new', async () =>
    matching.match(await feedsOf(folder, true), '2026-11-22T02:00:00Z'),
  );
  await time('matched again, with all read', () =>
    matching.match(yesterday, '2026-11-21T02:00:00Z'),
  );
  const changed = await time('difference by unit', () => changedUnits(before, after));
  const images = await time('expanded to images', () => expand(index, changed, before, after));
  return {
    laps,
    counts: {
      units: index.units.length,
      packages: index.members.length,
      findings: after.reduce((sum, each) => sum + each.length, 0),
      'units changed': changed.length,
      'images changed': images,
      'reads of objects': objects.reads(),
    },
    rss: process.resourceUsage().maxRSS * 1024,
  };
}

/** The images that are looked at, with the findings of what changed in them. */
function expand(
  index: FleetIndex,
  changed: readonly number[],
  before: UnitFindings,
  after: UnitFindings,
): number {
  const { units, images } = affectedBy(index, changed);
  const places = [...images.keys()].filter((image) => images[image] === 1);
  for (const image of places) {
    findingsOfImage(index, before, image, units);
    findingsOfImage(index, after, image, units);
  }
  return places.length;
}

/** A night in which nothing came and nothing changed. */
async function measureQuietNight(folder: string): Promise<Measured> {
  const objects = countReads(openObjects(folder));
  const { laps, time } = createStopwatch();
  const base = await time('index read', () => openBase(objects, folder));
  const { index } = await time('nothing to add', () =>
    keepIndex(objects, base, fleetOf(base.index)),
  );
  const matching = matchUnits(objects, index.units);
  const feeds = await feedsOf(folder, false);
  const before = await time('matched by yesterday’s feeds, reading them', () =>
    matching.match(feeds, '2026-11-21T02:00:00Z'),
  );
  const after = await time('matched by the same as of today', () =>
    matching.match(feeds, '2026-11-22T02:00:00Z'),
  );
  const changed = await time('difference by unit', () => changedUnits(before, after));
  return {
    laps,
    counts: { 'units changed': changed.length, 'reads of objects': objects.reads() },
    rss: process.resourceUsage().maxRSS * 1024,
  };
}

/** The next night's index: 500 digests came, 500 went. */
async function measureCompaction(folder: string): Promise<Measured> {
  const objects = countReads(openObjects(folder));
  const { laps, time } = createStopwatch();
  const base = await time('index read', () => openBase(objects, folder));
  const wanted = fleetOf(base.index);
  const digests = new Set([
    ...[...wanted.digests].slice(NEW_DIGESTS),
    ...newInventories().map(({ digest }) => digest),
  ]);
  const { index, key } = await time('compacted and written', () =>
    keepIndex(objects, base, { ...wanted, digests }),
  );
  const bytes = await objects.get(key);
  return {
    laps,
    counts: {
      images: index.digests.length,
      units: index.units.length,
      bytes: bytes?.length ?? 0,
      'reads of objects': objects.reads(),
    },
    rss: process.resourceUsage().maxRSS * 1024,
  };
}

async function openBase(objects: ObjectStore, folder: string): Promise<KeptIndex> {
  const key = await kept(folder, 'index');
  return { key, engine: INDEX_ENGINE, index: await readSegment(objects, key) };
}

function fleetOf({ digests, images }: FleetIndex) {
  return {
    images: new Map(images.map((image) => [image.digest, image])),
    digests: new Set<Digest>(digests),
    optional: new Set<Digest>(),
  };
}

async function feedsOf(folder: string, isToday: boolean): Promise<FeedState[]> {
  const states: FeedState[] = [];
  for (const name of Object.keys(FEEDS)) {
    const key = await kept(folder, isToday && name === 'pypi' ? 'today' : name);
    states.push({
      name,
      snapshot: key,
      key,
      records: 0,
      newest: null,
      validator: null,
      state: 'fresh',
      failure: null,
      problems: [],
    });
  }
  return states;
}

function openObjects(folder: string): ObjectStore {
  return createFolderObjectStore({ folder: join(folder, 'objects') });
}

function countReads(objects: ObjectStore): ObjectStore & { reads(): number } {
  let reads = 0;
  return {
    ...objects,
    reads: () => reads,
    get(key) {
      reads++;
      return objects.get(key);
    },
    getRange(key, start, end) {
      reads++;
      return objects.getRange(key, start, end);
    },
  };
}

function keep(folder: string, name: string, key: string): Promise<void> {
  return writeFile(join(folder, `${name}.key`), key);
}

function kept(folder: string, name: string): Promise<string> {
  return readFile(join(folder, `${name}.key`), 'utf8');
}

const TASKS: Readonly<Record<Task, (folder: string) => Promise<Measured | void>>> = {
  chainguard: (folder) => writeFeed(folder, 'chainguard', 0),
  debian: (folder) => writeFeed(folder, 'debian', 0),
  pypi: (folder) => writeFeed(folder, 'pypi', 0),
  today: (folder) => writeFeed(folder, 'pypi', 1),
  index: writeIndex,
  night: measureNight,
  quiet: measureQuietNight,
  compaction: measureCompaction,
};

// The child processes.
const [, program, task = '', folder = ''] = process.argv;
if (program === SOURCE && Object.hasOwn(TASKS, task)) {
  const measured = await TASKS[task as Task](folder);
  if (measured) console.log(JSON.stringify(measured));
}
