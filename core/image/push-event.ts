import * as z from 'zod';
import { mayHoldVex } from '../suppress/read-attachment.ts';
import { Digest } from './digest.ts';
import { mayBeImage } from './image-artifact.ts';
import { formatReference, InvalidReferenceError, parseReference } from './reference.ts';

/** A message that is no event of a registry. */
export class MalformedEventError extends Error {
  override readonly name = 'MalformedEventError';
}

/**
 * What ECR sends when an image came to be in a repository: pushed, or copied there from another
 * region or account. The rule in `lib/push-pipeline.ts` lets the same through
 * (https://docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-eventbridge.html).
 */
const ARRIVALS = [
  { detailType: 'ECR Image Action', action: 'PUSH' },
  { detailType: 'ECR Replication Action', action: 'REPLICATE' },
] as const;

/** An event of ECR's about an image; media types and tag may be missing (best effort, old pushes). */
const EcrImageEvent = z.object({
  source: z.literal('aws.ecr'),
  'detail-type': z.enum(ARRIVALS.map(({ detailType }) => detailType)),
  account: z.string().regex(/^\d{12}$/),
  region: z.string().regex(/^[a-z0-9-]+$/),
  time: z.iso.datetime({ offset: true }),
  detail: z.object({
    'action-type': z.string(),
    result: z.string(),
    'repository-name': z.string().min(1),
    'image-digest': Digest.optional(),
    'image-tag': z.string().optional(),
    'manifest-media-type': z.string().optional(),
    'artifact-media-type': z.string().optional(),
  }),
});

/** A tagged image that came to be in ECR. */
export interface PushEvent {
  readonly registry: string;
  readonly repository: string;
  readonly tag: string;
  readonly digest: Digest;
  /** RFC 3339, milliseconds, UTC. */
  readonly pushedAt: string;
}

/** Something that was pushed beside an image and may say something of it. */
export interface AttachmentEvent {
  readonly registry: string;
  readonly repository: string;
  /** Of the manifest that was pushed. */
  readonly digest: Digest;
  /** The image that it is about, where its tag says so; else its manifest does. */
  readonly to: Digest | undefined;
}

/** The tag under which cosign attaches attestations where there are no referrers. */
const ATTESTATIONS = /^sha256-([0-9a-f]{64})\.att$/;

/**
 * Reads an ECR event as SQS delivers it; `undefined` for what is none of our
 * business: deletions, failed pushes and copies, children of an index (no tag), signatures and
 * other artifacts, which ECR announces alike. Of a copy, account and region are where it arrived.
 *
 * @throws MalformedEventError
 */
export function parsePushEvent(body: string): PushEvent | undefined {
  const arrival = parseArrival(body);
  if (!arrival) return undefined;
  const { registry, repository, tag, digest, mediaType, artifactType, pushedAt } = arrival;
  if (!tag || !mayBeImage({ tag, mediaType, artifactType })) return undefined;
  const reference = { registry, repository, tag };
  checkReference(reference);
  return { ...reference, digest, pushedAt };
}

/** As `parsePushEvent`, of what may hold VEX and is no image. @throws MalformedEventError */
export function parseAttachmentEvent(body: string): AttachmentEvent | undefined {
  const arrival = parseArrival(body);
  if (!arrival) return undefined;
  const { registry, repository, tag = '', digest, artifactType } = arrival;
  const hex = ATTESTATIONS.exec(tag)?.[1];
  if (hex !== undefined) return { registry, repository, digest, to: `sha256:${hex}` };
  const isAttachment = artifactType !== undefined && mayHoldVex(artifactType);
  return isAttachment ? { registry, repository, digest, to: undefined } : undefined;
}

/** What came to be in a repository, with or without a tag. */
function parseArrival(body: string) {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch (cause) {
    throw new MalformedEventError('event is not JSON', { cause });
  }
  const event = EcrImageEvent.safeParse(json);
  if (!event.success) {
    throw new MalformedEventError(`no ECR image event: ${z.prettifyError(event.error)}`);
  }
  const { account, region, time, detail } = event.data;
  const digest = detail['image-digest'];
  if (!isArrival(event.data) || detail.result !== 'SUCCESS' || !digest) return undefined;
  const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  return {
    registry: `${account}.dkr.ecr.${region}.${domain}`,
    repository: detail['repository-name'],
    tag: detail['image-tag'],
    digest,
    mediaType: detail['manifest-media-type'],
    artifactType: detail['artifact-media-type'],
    pushedAt: new Date(time).toISOString(),
  };
}

function isArrival(event: z.infer<typeof EcrImageEvent>): boolean {
  return ARRIVALS.some(
    ({ detailType, action }) =>
      event['detail-type'] === detailType && event.detail['action-type'] === action,
  );
}

/** ECR takes longer tags than OCI; what nobody can pull must not become a reference that every night reads. */
function checkReference(reference: Parameters<typeof formatReference>[0]): void {
  try {
    parseReference(formatReference(reference));
  } catch (cause) {
    if (!(cause instanceof InvalidReferenceError)) throw cause;
    throw new MalformedEventError(`no image: ${cause.message}`, { cause });
  }
}
