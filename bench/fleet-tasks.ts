import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
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
import { FEEDS, type FeedName, makeFleet, newPackages, recordsOf } from './made-up-fleet.ts';

// What the processes of `fleet.ts` do: started with a task and a folder.

/** Digests that came since the index was written. */
const NEW_DIGESTS = 500;

/** What is prepared, and what is measured. */
export type FleetTask = FeedName | 'today' | 'index' | 'night' | 'quiet' | 'compaction';

/** What was measured of one thing. */
interface Lap {
  readonly name: string;
  readonly seconds: number;
  /** Processor time of all threads. */
  readonly busy: number;
}

/** What a process says that has measured something. */
export interface Measured {
  readonly laps: readonly Lap[];
  readonly counts: Readonly<Record<string, number>>;
  /** Bytes. */
  readonly rss: number;
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

async function writeFeed(folder: string, feed: FeedName, day: number): Promise<undefined> {
  const { key } = await writeSnapshot(openObjects(folder), feed, recordsOf(feed, day));
  await keep(folder, day === 0 ? feed : 'today', key);
}

async function writeIndex(folder: string): Promise<undefined> {
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
    distro: null,
    size: 0,
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
  const before = await time('matched in full, reading the feeds', () =>
    matching.match(yesterday, '2026-11-21T02:00:00Z'),
  );
  const after = await time('matched by today’s feeds, reading what is new', async () =>
    matching.match(await feedsOf(folder, true), '2026-11-22T02:00:00Z', before),
  );
  // Back in time every unit has to be judged again.
  await time('matched in full, with all read', () =>
    matching.match(yesterday, '2026-11-21T02:00:00Z', before),
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
  const before = await time('matched in full, reading the feeds', () =>
    matching.match(feeds, '2026-11-21T02:00:00Z'),
  );
  const after = await time('matched by the same as of today', () =>
    matching.match(feeds, '2026-11-22T02:00:00Z', before),
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

const TASKS: Readonly<Record<FleetTask, (folder: string) => Promise<Measured | undefined>>> = {
  chainguard: (folder) => writeFeed(folder, 'chainguard', 0),
  debian: (folder) => writeFeed(folder, 'debian', 0),
  pypi: (folder) => writeFeed(folder, 'pypi', 0),
  today: (folder) => writeFeed(folder, 'pypi', 1),
  index: writeIndex,
  night: measureNight,
  quiet: measureQuietNight,
  compaction: measureCompaction,
};

const [, program, task = '', folder = ''] = process.argv;
if (program === fileURLToPath(import.meta.url) && isTask(task)) {
  const measured = await TASKS[task](folder);
  if (measured) console.log(JSON.stringify(measured));
}

function isTask(name: string): name is FleetTask {
  return Object.hasOwn(TASKS, name);
}
