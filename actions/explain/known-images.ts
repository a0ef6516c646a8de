import { isRead, type Observation } from '../../core/drift/observation.ts';
import type { Digest } from '../../core/image/digest.ts';
import { descendantOf, type KnownBase } from '../../core/inventory/identify-base.ts';
import { findInventory } from '../index-image.ts';
import type { ObjectStore, StateStore } from '../ports.ts';
import type { Past } from '../read-past.ts';
import { mapLimited } from '../stored-objects.ts';

/** Images of our own, and moves of each watched tag, that are looked at for a base; each is read by itself. */
const IMAGES = 200;
const MOVES = 60;

/** An image that others may be built on. */
export interface KnownImage extends KnownBase {
  /** When the watched tag pointed there first; `null` for an image of our own. */
  readonly at: string | null;
}

/** What is known of one platform. */
export interface KnownImages {
  /** Those of watched tags before ours. */
  readonly images: readonly KnownImage[];
  /** Builds of watched tags that today's extractors have not read: one of them may be a base. */
  readonly unreadBuilds: number;
  /** What each watched tag pointed at, oldest first. */
  readonly series: ReadonlyMap<string, readonly Observation[]>;
}

/** Reads which images others of a platform may be built on: where watched tags pointed, and where our channels point. */
export async function readKnownImages(
  state: Pick<StateStore, 'observations'>,
  objects: ObjectStore,
  past: Past,
  platform: string,
): Promise<KnownImages> {
  const series = await readSeries(state, past, platform);
  const watched = [...series].flatMap(([image, all]) =>
    // The oldest first: of rebuilds with the same layers nobody can say which one was meant.
    distinct(all.slice(-MOVES)).map(({ digest, platformDigest, at }) => ({
      image,
      digest,
      platformDigest,
      at,
      isWatched: true,
    })),
  );
  const ours = [...past.rows.values()]
    .filter((row) => row.kind === 'repository' && row.platform === platform)
    .slice(0, IMAGES)
    .map(({ reference, imageDigest, digest }) => ({
      image: reference,
      digest: imageDigest,
      platformDigest: digest,
      at: null,
      isWatched: false,
    }));
  const images = await mapLimited([...watched, ...ours], 16, async (each) => {
    const inventory = await findInventory(objects, each.platformDigest);
    return inventory ? [{ ...descendantOf(inventory), ...each }] : [];
  });
  const unreadBuilds = images.slice(0, watched.length).filter((found) => found.length === 0).length;
  return { images: images.flat(), unreadBuilds, series };
}

/** A tag that came back to a digest had it since the first time. */
function distinct(moves: readonly Observation[]): readonly Observation[] {
  const known = new Set<Digest>();
  return moves.filter(({ platformDigest }) => {
    const isNew = !known.has(platformDigest);
    known.add(platformDigest);
    return isNew;
  });
}

async function readSeries(
  state: Pick<StateStore, 'observations'>,
  { run }: Past,
  platform: string,
): Promise<ReadonlyMap<string, readonly Observation[]>> {
  const series = new Map<string, readonly Observation[]>();
  for (const image of Object.keys(run?.looked ?? {}).sort()) {
    const all = (await state.observations(image)).filter(isRead);
    series.set(
      image,
      all.filter((each) => each.platform === platform),
    );
  }
  return series;
}
