import { deflateRawSync, inflateRawSync } from 'node:zlib';
import * as z from 'zod';
import type { RunPointer, StoredHead } from '../../actions/ports.ts';
import type { Observation, PackagesChanged } from '../../core/drift/observation.ts';
import { Digest } from '../../core/image/digest.ts';
import type { FeedAcceptance } from '../../core/run/run.ts';
import { AlertMessage } from './alert-message.ts';

/** Well below DynamoDB's 400 KB an item; nothing we write comes near (bytes of compressed parts). */
const PACKED_BYTES = 300_000;

/** A part of an item that grew beyond every plausible size: a fault of ours, not of the input. */
export class ItemTooLargeError extends Error {
  override readonly name = 'ItemTooLargeError';

  constructor(what: string, bytes: number) {
    super(`${what}: ${bytes} bytes compressed, more than ${PACKED_BYTES}`);
  }
}

const HeadItem = z.object({
  channel: z.string(),
  version: z.number(),
  revision: z.number(),
  reference: z.string(),
  imageDigest: Digest,
  pushedAt: z.string(),
  state: z.string(),
  pending: z.instanceof(Uint8Array).optional(),
});

const RunPointerItem: z.ZodType<RunPointer> = z.object({
  revision: z.number(),
  runId: z.string(),
  run: z.string(),
  pending: z.array(z.string()),
});

const ObservationItem = z.object({
  image: z.string(),
  at: z.string(),
  seenAt: z.string(),
  digest: Digest,
  platform: z.string(),
  platformDigest: Digest,
  python: z.object({ version: z.string(), minor: z.string(), evidence: z.string() }).nullable(),
  libc: z
    .object({
      name: z.enum(['glibc', 'musl']),
      version: z.string(),
      series: z.string(),
      evidence: z.string(),
    })
    .nullable(),
  runtimes: z
    .array(
      z.object({
        language: z.enum(['node', 'java', 'go']),
        version: z.string(),
        series: z.string(),
      }),
    )
    .exactOptional(),
  packagesChanged: z.instanceof(Uint8Array).nullable(),
  reread: z.record(z.string(), z.string().nullable()).exactOptional(),
});

const FeedAcceptanceItem: z.ZodType<FeedAcceptance> = z.object({
  feed: z.string(),
  revision: z.number(),
  since: z.string(),
  by: z.string(),
  at: z.string(),
  reason: z.string().nullable(),
  offered: z.object({
    snapshot: z.string(),
    key: z.string(),
    records: z.number(),
    newest: z.string().nullable(),
  }),
});

const PackedPackagesChanged: z.ZodType<PackagesChanged> = z.object({
  added: z.array(z.string()),
  removed: z.array(z.string()),
  changed: z.array(z.string()),
});

/** A head's attributes; `pending` is compressed and left out while empty. */
export function headAttributes(head: StoredHead): Record<string, unknown> {
  const { channel, version, revision, reference, imageDigest, pushedAt, state, pending } = head;
  return {
    channel,
    version,
    revision,
    reference,
    imageDigest,
    pushedAt,
    state,
    ...(pending.length > 0 && { pending: pack(`pending alerts of ${channel}`, pending) }),
  };
}

export function headOf(item: unknown): StoredHead {
  const { pending, ...head } = HeadItem.parse(item);
  return { ...head, pending: pending ? z.array(AlertMessage).parse(unpack(pending)) : [] };
}

export function runPointerOf(item: unknown): RunPointer {
  return RunPointerItem.parse(item);
}

export function feedAcceptanceOf(item: unknown): FeedAcceptance {
  return FeedAcceptanceItem.parse(item);
}

/** An observation's attributes; the package names are compressed. */
export function observationAttributes(observation: Observation): Record<string, unknown> {
  const { packagesChanged, ...attributes } = observation;
  const { image } = attributes;
  return {
    ...attributes,
    packagesChanged: packagesChanged && pack(`packages changed in ${image}`, packagesChanged),
  };
}

export function observationOf(item: unknown): Observation {
  const { packagesChanged, ...observation } = ObservationItem.parse(item);
  return {
    ...observation,
    packagesChanged: packagesChanged && PackedPackagesChanged.parse(unpack(packagesChanged)),
  };
}

function pack(what: string, value: unknown): Uint8Array {
  const bytes = deflateRawSync(JSON.stringify(value));
  if (bytes.length > PACKED_BYTES) throw new ItemTooLargeError(what, bytes.length);
  return bytes;
}

function unpack(bytes: Uint8Array): unknown {
  return JSON.parse(inflateRawSync(bytes).toString('utf8'));
}
