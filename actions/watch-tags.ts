import { composeDrifts, driftId } from '../core/change/tell-drifts.ts';
import { type Drift, findDrifts } from '../core/drift/find-drifts.ts';
import { isRead, type Observation } from '../core/drift/observation.ts';
import { ImageNotFoundError } from '../core/image/errors.ts';
import { parseReference } from '../core/image/reference.ts';
import { type Delivered, isToldToAll, publishAll } from './deliver-alerts.ts';
import { findIndexedImage } from './index-image.ts';
import { type LookPorts, lookAtTag } from './look-at-tag.ts';
import type { NightPlan, ObservedTag } from './night-objects.ts';
import type { WatchList } from './observe-tags.ts';
import type {
  AlertTopic,
  Indexer,
  Log,
  ObjectStore,
  PeopleTopic,
  Registry,
  StateStore,
} from './ports.ts';
import { readPast } from './read-past.ts';
import { BATCH } from './reconcile-images.ts';
import { recordTag } from './record-tag.ts';
import { mapLimited } from './stored-objects.ts';

export interface WatchPorts extends LookPorts {
  readonly watchList: WatchList;
  readonly registry: Pick<Registry, 'resolve' | 'tagHistory'>;
  readonly state: StateStore;
  readonly objects: ObjectStore;
  readonly indexer: Indexer;
  readonly topic: AlertTopic;
  readonly people: PeopleTopic;
  readonly log: Log;
}

/** What an hour did; what failed is done by the next one. */
export interface Watched extends Delivered {
  /** Tags that were asked where they point. */
  readonly looked: number;
}

/**
 * The hour: looks where each watched tag points; where one moved, has the new images indexed,
 * records them as the night does, and tells the drifts that nobody has told. A series holds
 * what is to be told until it is marked as delivered: a crash leaves it to the next hour or night.
 *
 * @throws IndexerFailedError at the end, when all else is done
 */
export async function watchTags(ports: WatchPorts): Promise<Watched> {
  const images = [...(await ports.watchList.images())].sort();
  const looks = await mapLimited(images, 4, (image) => look(ports, image));
  const moved = looks.flatMap(({ moved }) => moved ?? []);
  // What is known already is told all the same.
  const failure = await indexUnknown(ports, moved).then(
    () => null,
    (error: unknown) => ({ error }),
  );
  const drifts: Drift[] = [];
  for (const { series, moved } of looks) {
    drifts.push(...findDrifts(moved ? await record(ports, moved, series) : series));
  }
  const { delivered, failed } = await tellUntold(ports, drifts);
  if (failure) throw failure.error;
  return { looked: looks.filter(({ isAnswered }) => isAnswered).length, delivered, failed };
}

interface Look {
  readonly isAnswered: boolean;
  readonly series: readonly Observation[];
  /** What is to be recorded; `null` where nothing moved. */
  readonly moved: ObservedTag | null;
}

async function look(ports: WatchPorts, image: string): Promise<Look> {
  const series = await ports.state.observations(image);
  try {
    const { digest } = await ports.registry.resolve(parseReference(image));
    const last = series.at(-1);
    // A series begins at night, with the past of its tag.
    const isStill = !last || (digest === last.digest && isRead(last));
    const moved = isStill ? null : await lookAtTag(ports, image, series);
    return { isAnswered: true, series, moved };
  } catch (error) {
    // A watched tag need not exist yet.
    const isAnswered = error instanceof ImageNotFoundError;
    if (!isAnswered) {
      ports.log.warn('watched tag not looked at', { image, reason: String(error) });
    }
    return { isAnswered, series, moved: null };
  }
}

async function indexUnknown(ports: WatchPorts, moved: readonly ObservedTag[]): Promise<void> {
  const wanted = new Map(
    moved.flatMap(({ image, toRead }) => toRead.map((digest): [string, string] => [digest, image])),
  );
  const unknown: NightPlan['images'][number][] = [];
  for (const [digest, reference] of wanted) {
    if (!(await findIndexedImage(ports.objects, digest))) unknown.push({ digest, reference });
  }
  for (let start = 0; start < unknown.length; start += BATCH) {
    await ports.indexer.index(unknown.slice(start, start + BATCH));
  }
}

/** An hour that cannot read where the tag points now writes nothing: the next look finds the same moves. */
async function record(
  ports: WatchPorts,
  tag: ObservedTag,
  series: readonly Observation[],
): Promise<readonly Observation[]> {
  const now = tag.moves.at(-1);
  if (!now || !(await findIndexedImage(ports.objects, now.digest))) return series;
  return recordTag(ports, tag, ports.clock.now().toISOString());
}

async function tellUntold(ports: WatchPorts, drifts: readonly Drift[]): Promise<Delivered> {
  const told = await mapLimited(drifts, 8, (drift) => isToldToAll(ports.state, driftId(drift)));
  const unmarked = drifts.filter((_, index) => !told[index]);
  if (unmarked.length === 0) return { delivered: 0, failed: 0 };
  const { rows, run } = await readPast(ports);
  // Marks expire long before a series does; what a night has told is known for good.
  const untold = unmarked.filter((drift) => !run?.drifts.includes(driftId(drift)));
  return publishAll(ports, composeDrifts(untold, [...rows.values()]), null);
}
