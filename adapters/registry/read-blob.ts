import type { Capture } from '../../core/image/capture.ts';
import { type Digest, digestOf } from '../../core/image/digest.ts';
import { DigestMismatchError, TooLargeError } from '../../core/image/errors.ts';
import type { Descriptor } from '../../core/image/manifest.ts';
import { formatReference, type ImageReference } from '../../core/image/reference.ts';
import { checkAnswer } from './check-answer.ts';
import { DAMAGED_ATTEMPTS, damaged, TransientFailure } from './create-caller.ts';
import { type HttpAnswer, readBody } from './create-http.ts';
import type { Transport } from './create-transport.ts';
import type { LayerLimits } from './layer-limits.ts';
import { readLayer } from './read-layer.ts';
import type { RequestKind } from './transfer-counters.ts';

/** Configs of real images have some kilobytes; this is in bytes. */
const CONFIG_LIMIT = 8 * 1024 * 1024;

/** A small blob in memory, its size and digest checked. */
export async function readBlob(
  transport: Transport,
  reference: ImageReference,
  descriptor: Descriptor,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const what = blobOf(reference, descriptor);
  if (descriptor.size > CONFIG_LIMIT) {
    throw new TooLargeError(`${what}: ${descriptor.size} bytes are more than ${CONFIG_LIMIT}`);
  }
  const answer = await requestBlob(transport, reference, descriptor, 'config', signal);
  const bytes = await readBody(answer, CONFIG_LIMIT, what);
  const actual = digestOf(bytes);
  if (actual !== descriptor.digest) throw damaged(what, descriptor.digest, actual);
  // The right bytes, but the manifest lies about their number.
  if (bytes.byteLength !== descriptor.size) {
    throw new DigestMismatchError(what, `${descriptor.size} bytes`, `${bytes.byteLength} bytes`);
  }
  return bytes;
}

/** Streams a layer into its capture; a transfer that breaks may be tried again from the start. */
export async function captureLayer(
  transport: Transport,
  reference: ImageReference,
  layer: { readonly descriptor: Descriptor; readonly diffId: Digest; readonly limits: LayerLimits },
  signal: AbortSignal,
): Promise<Capture> {
  const { descriptor, diffId, limits } = layer;
  const { digest, size, mediaType } = descriptor;
  const answer = await requestBlob(transport, reference, descriptor, 'layer', signal);
  try {
    return await readLayer(answer.body(), { digest, size, mediaType, diffId }, limits);
  } catch (error) {
    if (error instanceof DigestMismatchError) {
      // A wire may damage bytes too: a second time is no accident.
      throw new TransientFailure(error, { attempts: DAMAGED_ATTEMPTS });
    }
    throw error;
  } finally {
    // A layer may be refused before its first byte is read.
    if (answer.response.body?.locked === false) await answer.response.body.cancel();
  }
}

async function requestBlob(
  transport: Transport,
  reference: ImageReference,
  descriptor: Descriptor,
  kind: RequestKind,
  signal: AbortSignal,
): Promise<HttpAnswer> {
  const what = blobOf(reference, descriptor);
  const url = transport.url(reference, `blobs/${descriptor.digest}`);
  const answer = await transport.send(reference, { kind, method: 'GET', url, what }, signal);
  await checkAnswer(answer, what, transport.clock.now());
  return answer;
}

function blobOf(reference: ImageReference, { digest }: Descriptor): string {
  return `blob ${digest} of ${formatReference(reference)}`;
}
