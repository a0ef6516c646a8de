import { ImageNotFoundError } from '../core/image/errors.ts';
import { type ImageReference, parseReference } from '../core/image/reference.ts';
import { runKeys } from '../core/run/run.ts';
import { makeOnce, type ObservedTag } from './night-objects.ts';
import type { Worker } from './night-steps.ts';
import type { Clock, ObjectStore, Registry, StateStore, TagMove } from './ports.ts';
import { mapLimited } from './stored-objects.ts';

/** Says which upstream tags are watched, as `registry/repository:tag`. */
export interface WatchList {
  images(): Promise<readonly string[]>;
}

export interface ObservePorts {
  readonly watchList: WatchList;
  readonly registry: Pick<Registry, 'resolve' | 'tagHistory'>;
  readonly state: StateStore;
  readonly objects: ObjectStore;
  readonly clock: Clock;
}

/** Asks where each watched tag went since it was last recorded; tag questions only. */
export function observeTags(ports: ObservePorts): Worker<'observe-tags'> {
  return async ({ runId }) => {
    const key = runKeys.work(runId, 'moves');
    await makeOnce(ports.objects, 'moves', key, async () => {
      const images = [...(await ports.watchList.images())].sort();
      return mapLimited(images, 4, (image) => observe(ports, image));
    });
    return { moves: key };
  };
}

async function observe(ports: ObservePorts, image: string): Promise<ObservedTag> {
  const known = await ports.state.observations(image);
  const last = known.at(-1);
  const past = { image, isFirst: last === undefined, last: last?.digest ?? null };
  try {
    const reference = parseReference(image);
    const history = await ports.registry.tagHistory(reference, last?.at);
    const moves = history
      ? history.filter((move) => !last || move.at > last.at)
      : await presentMove(ports, reference, last?.digest);
    return { ...past, moves, failure: null };
  } catch (error) {
    // A watched tag need not exist yet.
    const failure = error instanceof ImageNotFoundError ? null : String(error);
    return { ...past, moves: [], failure };
  }
}

/** Without a history, the best we know of a move is that we see it now. */
async function presentMove(
  { registry, clock }: ObservePorts,
  reference: ImageReference,
  last: string | undefined,
): Promise<TagMove[]> {
  const { digest } = await registry.resolve(reference);
  return digest === last ? [] : [{ at: clock.now().toISOString(), digest }];
}
