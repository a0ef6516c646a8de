import {
  AccessDeniedError,
  DigestMismatchError,
  ImageNotFoundError,
  MalformedLayerError,
  RateLimitedError,
  RegistryUnavailableError,
  TooLargeError,
} from '../core/image/errors.ts';
import { MalformedManifestError, UnsupportedMediaTypeError } from '../core/image/manifest.ts';
import { parseReference } from '../core/image/reference.ts';
import { runKeys } from '../core/run/run.ts';
import { type Captures, type IndexPorts, indexImage, shareCaptures } from './index-image.ts';
import { type IndexFailure, makeOnce, type NightPlan, readNight } from './night-objects.ts';
import type { Worker } from './night-steps.ts';
import { BATCH } from './reconcile-images.ts';
import { mapLimited } from './stored-objects.ts';

const IMAGE_ERRORS = [
  AccessDeniedError,
  DigestMismatchError,
  ImageNotFoundError,
  MalformedLayerError,
  MalformedManifestError,
  RateLimitedError,
  RegistryUnavailableError,
  TooLargeError,
  UnsupportedMediaTypeError,
];

/** Most of an image's time is waiting; the layers read at once are bounded by the registry client. */
const IMAGES_AT_ONCE = 4;

/** Indexes one batch of the night's unknown images; one that fails does not stop the others. */
export function indexBatch(ports: IndexPorts): Worker<'index-batch'> {
  return async ({ runId, plan, batch }) => {
    const key = runKeys.work(runId, `results-${batch}`);
    await makeOnce(ports.objects, 'results', key, async () => {
      const { images } = await readNight(ports.objects, 'plan', plan);
      const own = images.slice(batch * BATCH, (batch + 1) * BATCH);
      return indexImages(ports, own);
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

async function tryImage(
  ports: IndexPorts,
  captures: Captures,
  { reference, digest }: NightPlan['images'][number],
): Promise<IndexFailure | undefined> {
  try {
    await indexImage(ports, { reference: parseReference(reference), digest }, captures);
    return undefined;
  } catch (error) {
    if (!isAboutImage(error)) throw error;
    const { name, message } = error;
    ports.log.warn('image not indexed', { reference, digest, error: name, reason: message });
    return { reference, digest, error: name, reason: message };
  }
}

/**
 * Whether an error is about the image: the registry's word, or its bytes. Anything
 * else (a store that fails) fails the step, which is tried again. JavaScript's own
 * errors are ours, met on foreign bytes: they must not take the other images along.
 */
function isAboutImage(error: unknown): error is Error {
  return (
    error instanceof Error &&
    (IMAGE_ERRORS.some((each) => error instanceof each) ||
      ['TypeError', 'RangeError', 'SyntaxError', 'URIError'].includes(error.name))
  );
}
