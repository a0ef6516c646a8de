import { ImageNotFoundError } from '../core/image/errors.ts';
import { runKeys } from '../core/run/run.ts';
import { type LookPorts, lookAtTag } from './look-at-tag.ts';
import { makeOnce, type ObservedTag } from './night-objects.ts';
import type { Worker } from './night-steps.ts';
import type { ObjectStore, StateStore } from './ports.ts';
import { mapLimited } from './stored-objects.ts';

/** Says which upstream tags are watched, as `registry/repository:tag`. */
export interface WatchList {
  images(): Promise<readonly string[]>;
}

export interface ObservePorts extends LookPorts {
  readonly watchList: WatchList;
  readonly state: Pick<StateStore, 'observations'>;
  readonly objects: ObjectStore;
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
  try {
    return await lookAtTag(ports, image, known);
  } catch (error) {
    // A watched tag need not exist yet.
    const failure = error instanceof ImageNotFoundError ? null : String(error);
    return { image, moves: [], toRead: [], isPolled: false, failure };
  }
}
