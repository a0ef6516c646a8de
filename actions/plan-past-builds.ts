import type { Origins } from '../core/base/origin.ts';
import { type Observation, withoutReadLater } from '../core/drift/observation.ts';
import { EXTRACTORS_FINGERPRINT } from '../core/extract/fingerprint.ts';
import type { Digest } from '../core/image/digest.ts';
import type { LineageRow } from '../core/lineage/lineage.ts';
import type { Run } from '../core/run/run.ts';
import { basesOf, buildsBefore, keptBuilds } from './known-tags.ts';
import type { NightPlan } from './night-objects.ts';
import type { ObjectStore, StateStore } from './ports.ts';
import { readOrigins } from './stored-origins.ts';

/** Past builds of watched tags that one night makes inventories of, out of what is kept of them. */
const BUILDS_A_NIGHT = 200;

/** What tonight knows when it plans. */
interface Known {
  readonly run: Run | undefined;
  readonly runRows: readonly LineageRow[];
  /** The watched tags. */
  readonly tags: readonly string[];
  /** Images that are seen to anyway. */
  readonly wanted: NightPlan['images'];
}

interface Ports {
  readonly state: Pick<StateStore, 'observations'>;
  readonly objects: ObjectStore;
}

/**
 * Chooses past builds of the watched tags that today's extractors have not read, the newest first: nothing points at
 * them any more, and what runs is built on them. A night that has none left asks for one object alone.
 */
export async function planPastBuilds(
  { state, objects }: Ports,
  { run, runRows, tags, wanted }: Known,
): Promise<NightPlan['images']> {
  const before = await readOrigins(objects, run);
  const left = leftOf(before);
  if (!run || left?.size === 0) return [];
  const platforms = [...new Set(runRows.map(({ platform }) => platform))];
  const builds: Observation[] = [];
  for (const image of tags) {
    const series = withoutReadLater(await state.observations(image));
    for (const platform of platforms) builds.push(...buildsOf(series, { image, platform, before }));
  }
  const seenTo = new Set(wanted.map(({ digest }) => digest));
  const unread = builds.filter(
    ({ digest, platformDigest }) =>
      !seenTo.has(digest) && (left === undefined || left.has(platformDigest)),
  );
  const references = new Map(
    unread.sort(byNewest).map(({ digest, image }): [Digest, string] => [digest, image]),
  );
  return [...references]
    .slice(0, BUILDS_A_NIGHT)
    .map(([digest, reference]) => ({ reference, digest }));
}

/** What the last night knew to be left; `undefined` where that was another version's word. */
function leftOf({ reading }: Origins): ReadonlySet<Digest> | undefined {
  return reading?.extractors === EXTRACTORS_FINGERPRINT ? new Set(reading.left) : undefined;
}

function buildsOf(
  series: readonly Observation[],
  {
    image,
    platform,
    before,
  }: { readonly image: string; readonly platform: string; readonly before: Origins },
): Observation[] {
  const moves = series.filter((each) => each.platform === platform);
  const known = buildsBefore(before, image, platform);
  return keptBuilds(moves, { before: known, used: basesOf(before) });
}

function byNewest(left: Observation, right: Observation): number {
  const of = ({ at, digest }: Observation) => `${at} ${digest}`;
  return of(left) < of(right) ? 1 : -1;
}
