import type { Capture } from '../core/image/capture.ts';
import type { Digest } from '../core/image/digest.ts';
import { DigestMismatchError } from '../core/image/errors.ts';
import type { Descriptor } from '../core/image/manifest.ts';
import type { ImageReference } from '../core/image/reference.ts';
import { WANTED_VERSION } from '../core/image/wanted-files.ts';
import { encodeLargeObject } from '../core/object/json-object.ts';
import type { ImageSource, LayerLeases, Log, ObjectStore } from './ports.ts';
import { findObject, hexOf } from './stored-objects.ts';

/** Pauses for a layer that another function reads; they last longer than a lease. */
const MAX_PAUSES = 60;

const FORMAT = 'capture/1';

export interface CapturePorts {
  readonly images: Pick<ImageSource, 'capture'>;
  readonly objects: ObjectStore;
  readonly log: Log;
  /** Who else reads the same layers at the same time. @default nobody */
  readonly leases?: LayerLeases;
}

/** Gives the capture of a layer; one of before, if that may be and there is no other. */
export type Captures = (
  reference: ImageReference,
  layer: Descriptor,
  diffId: Digest,
  mayBeOlder?: boolean,
) => Promise<Capture>;

/** Captures for images that are indexed side by side: a layer that several of them have is read once. */
export function shareCaptures(ports: CapturePorts): Captures {
  const underWay = new Map<string, Promise<Capture>>();
  return (reference, layer, diffId, mayBeOlder = false) => {
    const key = `${layer.digest} ${diffId} ${mayBeOlder}`;
    const known = underWay.get(key);
    if (known) return known;
    const capture = (
      mayBeOlder
        ? findOrCapture(ports, reference, layer, diffId)
        : captureOnce(ports, reference, layer, diffId)
    ).finally(() => underWay.delete(key));
    underWay.set(key, capture);
    return capture;
  };
}

/** What is kept of a layer, however old; only of one that nobody has ever read, the registry's. */
async function findOrCapture(
  ports: CapturePorts,
  reference: ImageReference,
  layer: Descriptor,
  diffId: Digest,
): Promise<Capture> {
  const known = checkDiffId(layer, diffId, await findStoredCapture(ports.objects, layer));
  return known ?? (await captureOnce(ports, reference, layer, diffId));
}

/** The capture of a layer, read from the registry only if nobody has, and nobody does. */
async function captureOnce(
  ports: CapturePorts,
  reference: ImageReference,
  layer: Descriptor,
  diffId: Digest,
): Promise<Capture> {
  const known = await findCapture(ports, layer, diffId);
  if (known) return known;
  const { leases } = ports;
  if (!leases) return readCapture(ports, reference, layer, diffId);
  for (let pause = 0; !(await leases.take(layer.digest)); pause++) {
    if (pause === MAX_PAUSES) {
      ports.log.warn('layer read beside another', { layer: layer.digest });
      return readCapture(ports, reference, layer, diffId);
    }
    await leases.pause();
    const read = await findCapture(ports, layer, diffId);
    if (read) return read;
  }
  try {
    // Whoever had it may have been done between our look and our turn.
    const read = await findCapture(ports, layer, diffId);
    return read ?? (await readCapture(ports, reference, layer, diffId));
  } finally {
    await leases.giveBack(layer.digest).catch((error: unknown) => {
      ports.log.warn('lease not given back', { layer: layer.digest, error: String(error) });
    });
  }
}

/** What is kept of a layer, by the newest code that has read it; `undefined` if it is not kept. */
export async function findStoredCapture(
  objects: ObjectStore,
  layer: Pick<Descriptor, 'digest'>,
): Promise<Capture | undefined> {
  for (let wanted = WANTED_VERSION; wanted > 0; wanted--) {
    const key = captureKey(layer, wanted);
    const found = await findObject<Capture>(objects, FORMAT, key);
    // The first ones told nothing of files that are not kept.
    if (found) return { ...found, facts: found.facts ?? {} };
  }
  return undefined;
}

async function findCapture(
  { objects }: CapturePorts,
  layer: Descriptor,
  diffId: Digest,
): Promise<Capture | undefined> {
  const key = captureKey(layer, WANTED_VERSION);
  const known = await findObject<Capture>(objects, FORMAT, key);
  return checkDiffId(layer, diffId, known);
}

/** @throws DigestMismatchError when a capture is of another archive than a config says */
function checkDiffId(
  { digest }: Descriptor,
  diffId: Digest,
  known: Capture | undefined,
): Capture | undefined {
  if (!known || known.diffId === diffId) return known;
  throw new DigestMismatchError(`diff id of layer ${digest}`, diffId, known.diffId);
}

async function readCapture(
  { images, objects }: CapturePorts,
  reference: ImageReference,
  layer: Descriptor,
  diffId: Digest,
): Promise<Capture> {
  const capture = await images.capture(reference, layer, diffId);
  await objects.put(captureKey(layer, WANTED_VERSION), encodeLargeObject(FORMAT, capture));
  return capture;
}

function captureKey(layer: Pick<Descriptor, 'digest'>, wanted: number): string {
  return `captures/${wanted}/${hexOf(layer.digest)}.json`;
}
