import { comparePackages } from '../core/drift/compare-packages.ts';
import type { Observation } from '../core/drift/observation.ts';
import type { Inventory } from '../core/inventory/inventory.ts';
import { runKeys } from '../core/run/run.ts';
import { findIndexedImage, readInventory } from './index-image.ts';
import { type Drift, makeOnce, type ObservedTag, readNight } from './night-objects.ts';
import type { Worker } from './night-steps.ts';
import type { Log, ObjectStore, StateStore, TagMove } from './ports.ts';

export interface RecordPorts {
  readonly state: StateStore;
  readonly objects: ObjectStore;
  readonly log: Log;
}

/** A digest that could not be read has no platform; the move is recorded all the same. */
const UNKNOWN_PLATFORM = 'unknown';

/** Writes down each move of the watched tags, and says where a runtime's minor moved. */
export function recordObservations(ports: RecordPorts): Worker<'record-observations'> {
  return async ({ runId, moves }) => {
    const key = runKeys.work(runId, 'drifts');
    await makeOnce(ports.objects, 'drifts', key, async () => {
      const toldUntil = (await ports.state.runPointer())?.runId ?? '';
      const drifts: Drift[] = [];
      for (const tag of await readNight(ports.objects, 'moves', moves)) {
        drifts.push(...(await recordTag(ports, tag, runId, toldUntil)));
      }
      return drifts;
    });
    return { drifts: key };
  };
}

/**
 * A night that wrote its observations and was never committed has told nothing: its
 * moves are told with tonight's.
 */
async function recordTag(
  ports: RecordPorts,
  tag: ObservedTag,
  seenAt: string,
  toldUntil: string,
): Promise<Drift[]> {
  const known = await ports.state.observations(tag.image);
  const [first] = tag.moves;
  // A replay finds some of today's already there: they come again, in their turn.
  const series = first ? known.filter(({ at }) => at < first.at) : [...known];
  const last = byPlatform(series);
  for (const move of tag.moves) {
    for (const observation of await observationsOf(ports, tag.image, move, seenAt, last)) {
      await ports.state.putObservation(observation);
      last.set(observation.platform, observation);
      series.push(observation);
    }
  }
  return driftsOf(series, toldUntil);
}

function byPlatform(series: readonly Observation[]): Map<string, Observation> {
  return new Map(series.map((observation) => [observation.platform, observation]));
}

/** Minors that moved in what was seen after `toldUntil`; what was seen first is the start of the series, no news. */
function driftsOf(series: readonly Observation[], toldUntil: string): Drift[] {
  const begun = series.map(({ seenAt }) => seenAt).sort()[0];
  const last = new Map<string, Observation>();
  return series.flatMap((observation) => {
    const before = last.get(observation.platform);
    last.set(observation.platform, observation);
    const isNews = observation.seenAt > toldUntil && observation.seenAt !== begun;
    return isNews && before ? driftBetween(before, observation) : [];
  });
}

async function observationsOf(
  { objects, log }: RecordPorts,
  image: string,
  { at, digest }: TagMove,
  seenAt: string,
  last: ReadonlyMap<string, Observation>,
): Promise<Observation[]> {
  const indexed = await findIndexedImage(objects, digest);
  const common = { image, at, seenAt, digest };
  if (!indexed) {
    log.warn('watched digest could not be read', { image, digest });
    const platform = UNKNOWN_PLATFORM;
    return [{ ...common, platform, platformDigest: digest, python: null, packagesChanged: null }];
  }
  const observations: Observation[] = [];
  for (const { platform, digest: platformDigest } of indexed.platforms) {
    const inventory = await readInventory(objects, platformDigest);
    const before = last.get(platform);
    observations.push({
      ...common,
      platform,
      platformDigest,
      python: pythonOf(inventory),
      packagesChanged: before
        ? comparePackages(await readInventory(objects, before.platformDigest), inventory)
        : null,
    });
  }
  return observations.sort((a, b) => (a.platform < b.platform ? -1 : 1));
}

function pythonOf({ runtimes }: Inventory): Observation['python'] {
  const python = runtimes.find(({ language }) => language === 'python');
  if (!python) return null;
  const { version, minor, evidence } = python;
  return { version, minor, evidence: evidence[0] ?? '' };
}

function driftBetween(before: Observation, after: Observation): Drift[] {
  const [from, to] = [before.python?.minor, after.python?.minor];
  if (!from || !to || from === to) return [];
  const { image, digest, at } = after;
  return [{ image, digest, at, language: 'python', from, to }];
}
