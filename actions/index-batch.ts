import { parseReference } from '../core/image/reference.ts';
import { runKeys } from '../core/run/run.ts';
import { failureOf, faultOf, tryToIndex } from './failed-images.ts';
import { type IndexPorts, indexImage } from './index-image.ts';
import { KEPT_ALONE, NotKeptError } from './kept-alone.ts';
import { type Captures, shareCaptures } from './layer-captures.ts';
import {
  type BatchResults,
  type IndexFailure,
  makeOnce,
  type NightPlan,
  type Reread,
  readNight,
} from './night-objects.ts';
import type { Worker } from './night-steps.ts';
import { BATCH } from './reconcile-images.ts';
import { mapLimited } from './stored-objects.ts';

/** Most of an image's time is waiting; the layers read at once are bounded by the registry client. */
const IMAGES_AT_ONCE = 4;

/** Indexes one batch of the night's unknown images; one that fails does not stop the others. */
export function indexBatch(ports: IndexPorts): Worker<'index-batch'> {
  return async ({ runId, plan, batch }) => {
    const key = runKeys.work(runId, `results-${batch}`);
    await makeOnce(ports.objects, 'results', key, async () => {
      const { images, reread = [], pastBuilds = [] } = await readNight(ports.objects, 'plan', plan);
      const all: BatchImage[] = [
        ...images.map((image) => ({ ...image, how: 'new' as const })),
        ...reread.map((image) => ({ ...image, how: 'again' as const })),
        ...pastBuilds.map((image) => ({ ...image, how: 'kept' as const })),
      ];
      return readBatch(ports, all.slice(batch * BATCH, (batch + 1) * BATCH));
    });
    return { results: key };
  };
}

/** Indexes images side by side; one that fails is in the answer and does not stop the others. */
export async function indexImages(
  ports: IndexPorts,
  images: NightPlan['images'],
): Promise<IndexFailure[]> {
  const captures = shareCaptures(ports);
  const failures = await mapLimited(images, IMAGES_AT_ONCE, (image) =>
    tryImage(ports, captures, image),
  );
  return failures.flatMap((failure) => failure ?? []);
}

/** An image that nobody has indexed, one that is read once more, or one that is indexed out of what is kept alone. */
type BatchImage = NightPlan['images'][number] & { readonly how: 'new' | 'again' | 'kept' };

async function readBatch(ports: IndexPorts, images: readonly BatchImage[]): Promise<BatchResults> {
  const those = (wanted: BatchImage['how']) => images.filter(({ how }) => how === wanted);
  const failures = await indexImages(ports, those('new'));
  const reread = await mapLimited(those('again'), IMAGES_AT_ONCE, (image) =>
    rereadImage(ports, image),
  );
  const captures = shareCaptures(keptAlone(ports));
  await mapLimited(those('kept'), IMAGES_AT_ONCE, (image) => indexKept(ports, captures, image));
  return { failures, reread };
}

/** Nobody else's layers are waited for either: none is read. */
function keptAlone({ objects, log }: IndexPorts): IndexPorts {
  return { objects, log, images: KEPT_ALONE };
}

/** Indexes an image that nothing points at any more out of what is kept of it; if that cannot be, nobody misses it tonight. */
async function indexKept(
  ports: IndexPorts,
  captures: Captures,
  { reference, digest }: NightPlan['images'][number],
): Promise<void> {
  try {
    await indexImage(keptAlone(ports), { reference: parseReference(reference), digest }, captures);
  } catch (error) {
    if (!(error instanceof NotKeptError) && !isAboutImage(error)) throw error;
    ports.log.info('past build not read', { digest, error: error.name, reason: error.message });
  }
}

/** Reads an image again that older captures serve: whatever goes wrong, they go on serving. */
async function rereadImage(
  ports: IndexPorts,
  { reference, digest }: NightPlan['images'][number],
): Promise<Reread> {
  let bytes = 0;
  // Each image for itself, so that the bytes are its own; of a layer that two of them have, one finds the other's capture or lease.
  const captures = shareCaptures({
    ...ports,
    images: {
      capture: async (from, layer, diffId) => {
        const capture = await ports.images.capture(from, layer, diffId);
        bytes += layer.size;
        return capture;
      },
    },
  });
  try {
    const request = { reference: parseReference(reference), digest, anew: true };
    await indexImage(ports, request, captures);
    return { digest, bytes, failure: null };
  } catch (error) {
    if (!isAboutImage(error)) throw error;
    ports.log.warn('image not read again', { digest, error: error.name, reason: error.message });
    return { digest, bytes, failure: `${error.name}: ${error.message}` };
  }
}

async function tryImage(
  ports: IndexPorts,
  captures: Captures,
  image: NightPlan['images'][number],
): Promise<IndexFailure | undefined> {
  const request = { reference: parseReference(image.reference), digest: image.digest };
  const failure = await tryToIndex(ports, request, captures).catch((error: unknown) => {
    if (!isAboutImage(error)) throw error;
    return failureOf(request, error);
  });
  if (failure) ports.log.warn('image not indexed', { ...failure });
  return failure;
}

/**
 * Whether an error is about the image: the registry's word, or its bytes. Anything
 * else (a store that fails) fails the step, which is tried again. JavaScript's own
 * errors are ours, met on foreign bytes: they must not take the other images along.
 */
function isAboutImage(error: unknown): error is Error {
  return (
    error instanceof Error &&
    (faultOf(error) !== 'ours' ||
      ['TypeError', 'RangeError', 'SyntaxError', 'URIError'].includes(error.name))
  );
}
