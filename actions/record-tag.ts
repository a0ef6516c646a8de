import { comparePackages } from '../core/drift/compare-packages.ts';
import { PARTS, partOf } from '../core/drift/find-drifts.ts';
import { findLibc } from '../core/drift/find-libc.ts';
import {
  isRead,
  moveKey,
  type Observation,
  type ObservedRuntime,
  UNREAD_PLATFORM,
} from '../core/drift/observation.ts';
import type { IndexedImage, Inventory } from '../core/inventory/inventory.ts';
import { seriesOf } from '../core/inventory/runtime-series.ts';
import { findIndexedImage, findInventory, readInventory } from './index-image.ts';
import type { ObservedTag } from './night-objects.ts';
import type { Log, ObjectStore, StateStore, TagMove } from './ports.ts';

export interface RecordPorts {
  readonly state: Pick<StateStore, 'observations' | 'putObservation'>;
  readonly objects: ObjectStore;
  readonly log: Log;
}

/**
 * Writes down each move of a watched tag, by day and by night, and gives its whole series back. What
 * is there stays as it is; what an earlier attempt left out is added.
 */
export async function recordTag(
  ports: RecordPorts,
  tag: ObservedTag,
  seenAt: string,
): Promise<readonly Observation[]> {
  const series = [...(await ports.state.observations(tag.image))];
  for (const move of tag.moves) {
    if (tag.isPolled && isKnownByNeighbour(series, move)) continue;
    for (const observation of await observationsOf(ports, tag, move, seenAt, series)) {
      await ports.state.putObservation(observation);
      series.push(observation);
    }
  }
  return series;
}

function keyOf({ at, platform, digest }: Observation): string {
  return `${at} ${platform} ${digest}`;
}

/** An hour and a night that look at the same time date one move twice. */
function isKnownByNeighbour(series: readonly Observation[], move: TagMove): boolean {
  if (series.some((each) => moveKey(each) === moveKey(move))) return false;
  const sorted = series.toSorted((a, b) => (a.at < b.at ? -1 : 1));
  const before = sorted.findLast(({ at }) => at <= move.at);
  const after = sorted.find(({ at }) => at > move.at);
  return before?.digest === move.digest || after?.digest === move.digest;
}

async function observationsOf(
  ports: RecordPorts,
  tag: ObservedTag,
  move: TagMove,
  seenAt: string,
  series: readonly Observation[],
): Promise<Observation[]> {
  const { at, digest } = move;
  const indexed = await findIndexedImage(ports.objects, digest);
  const common = { image: tag.image, at, seenAt, digest };
  if (indexed) return readObservations(ports, indexed, common, series);
  // What was read once stays so, though today's extractors could not read it again.
  if (series.some((each) => moveKey(each) === moveKey(move))) return [];
  if (tag.toRead.includes(digest)) {
    ports.log.warn('watched digest could not be read', { image: tag.image, digest });
  }
  return [
    {
      ...common,
      platform: UNREAD_PLATFORM,
      platformDigest: digest,
      python: null,
      libc: null,
      packagesChanged: null,
    },
  ];
}

async function readObservations(
  { objects }: RecordPorts,
  { platforms }: IndexedImage,
  common: Pick<Observation, 'image' | 'at' | 'seenAt' | 'digest'>,
  series: readonly Observation[],
): Promise<Observation[]> {
  const recorded = new Set(series.map(keyOf));
  const observations: Observation[] = [];
  for (const { platform, digest: platformDigest } of platforms) {
    const [python, libc, packagesChanged] = [null, null, null];
    const named = { ...common, platform, platformDigest, python, libc, packagesChanged };
    if (recorded.has(keyOf(named))) continue;
    const inventory = await readInventory(objects, platformDigest);
    const before = lastOf(series, named);
    // One that is gone cannot be read again: what was recorded of it stands.
    const past = before && (await findInventory(objects, before.platformDigest));
    observations.push({
      ...named,
      ...partsOf(inventory),
      packagesChanged: past ? comparePackages(past, inventory) : null,
      ...(past && rereadOf(before, past)),
    });
  }
  return observations.sort((a, b) => (a.platform < b.platform ? -1 : 1));
}

/** What was read of the same platform before. */
function lastOf(
  series: readonly Observation[],
  { platform, at }: Observation,
): Observation | undefined {
  return series
    .filter((each) => isRead(each) && each.platform === platform && each.at < at)
    .reduce<Observation | undefined>(
      (last, each) => (last && last.at >= each.at ? last : each),
      undefined,
    );
}

/** What is recorded of an image. */
function partsOf(inventory: Inventory): Pick<Observation, 'python' | 'runtimes' | 'libc'> {
  return {
    python: pythonOf(inventory),
    ...otherRuntimes(inventory),
    libc: findLibc(inventory),
  };
}

/** What today's extractors say of an image otherwise than those that it was recorded with. */
function rereadOf(recorded: Observation, inventory: Inventory): Pick<Observation, 'reread'> {
  const { image, at, seenAt, digest, platform, platformDigest } = recorded;
  const common = { image, at, seenAt, digest, platform, platformDigest, packagesChanged: null };
  const now: Observation = { ...common, ...partsOf(inventory) };
  const differing = PARTS.filter((part) => partOf(part, now) !== partOf(part, recorded));
  if (differing.length === 0) return {};
  return { reread: Object.fromEntries(differing.map((part) => [part, partOf(part, now) ?? null])) };
}

/** Runtimes of other languages than Python, where there are any. */
function otherRuntimes({ runtimes }: Inventory): Pick<Observation, 'runtimes'> {
  const found = runtimes.flatMap(({ language, version, minor }): ObservedRuntime[] =>
    language === 'python' ? [] : [{ language, version, series: seriesOf({ language, minor }) }],
  );
  return found.length > 0 ? { runtimes: found } : {};
}

/** Of several the one that `python` starts: another that joins it is no move of the tag. */
function pythonOf({ runtimes }: Inventory): Observation['python'] {
  const all = runtimes.filter(({ language }) => language === 'python');
  const python = all.find(({ isDefault }) => isDefault) ?? all[0];
  if (!python) return null;
  const { version, minor, evidence } = python;
  return { version, minor, evidence: evidence[0] ?? '' };
}
