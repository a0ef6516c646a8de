import { EXTRACTORS_FINGERPRINT } from '../core/extract/fingerprint.ts';
import type { Digest } from '../core/image/digest.ts';
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
import { formatReference } from '../core/image/reference.ts';
import { type IndexPorts, type IndexRequest, indexImage } from './index-image.ts';
import type { Captures } from './layer-captures.ts';
import type { IndexFailure } from './night-objects.ts';
import { findObject, hexOf, writeObject } from './stored-objects.ts';

/** Raised whenever an image may be read that was refused before: then each is tried once more. */
const READER_VERSION = 1;

const FORMAT = 'failed-image/1';

/**
 * Whose fault it is that an image was not indexed. `image`: the bytes that its digest stands for,
 * which will never be others. `gone`: it is not there. `registry`: another time may be better.
 * `ours`: anything else.
 */
type Fault = 'image' | 'gone' | 'registry' | 'ours';

const OF_THE_IMAGE = [
  MalformedLayerError,
  MalformedManifestError,
  TooLargeError,
  UnsupportedMediaTypeError,
];

/** Damaged bytes too: no digest was ever made of them, and they may arrive whole tomorrow. */
const OF_THE_REGISTRY = [
  AccessDeniedError,
  DigestMismatchError,
  RateLimitedError,
  RegistryUnavailableError,
];

/** Says whose fault an error of `indexImage` is. */
export function faultOf(error: unknown): Fault {
  const isOneOf = (kinds: readonly (abstract new (...args: never[]) => Error)[]) =>
    kinds.some((kind) => error instanceof kind);
  if (isOneOf(OF_THE_IMAGE)) return 'image';
  if (isOneOf(OF_THE_REGISTRY)) return 'registry';
  return error instanceof ImageNotFoundError ? 'gone' : 'ours';
}

/** Where it is written down that an image cannot be read, by the code that could not. */
function failedImageKey(digest: Digest): string {
  return `failures/${EXTRACTORS_FINGERPRINT}-${READER_VERSION}/${hexOf(digest)}.json`;
}

/**
 * Indexes an image, unless it is known that it cannot be: then nothing is asked of its registry.
 * Gives what is wrong with the image itself, and writes that down; `undefined` when it is indexed.
 *
 * @throws as `indexImage`, but what is the image's own fault
 */
export async function tryToIndex(
  ports: IndexPorts,
  request: IndexRequest,
  captures?: Captures,
): Promise<IndexFailure | undefined> {
  const { reference, digest } = request;
  const key = failedImageKey(digest);
  const known = await findObject<IndexFailure>(ports.objects, FORMAT, key);
  if (known) return { ...known, reference: formatReference(reference) };
  try {
    await indexImage(ports, request, captures);
    return undefined;
  } catch (error) {
    if (faultOf(error) !== 'image' || !(error instanceof Error)) throw error;
    const failure = failureOf(request, error);
    await writeObject(ports.objects, FORMAT, key, failure);
    return failure;
  }
}

/** An error as the night tells it. */
export function failureOf({ reference, digest }: IndexRequest, error: Error): IndexFailure {
  const { name, message } = error;
  return { reference: formatReference(reference), digest, error: name, reason: message };
}
