import { isEcrHost } from '../../adapters/aws/ecr-credentials.ts';
import { MEDIA_TYPES } from '../../core/image/manifest.ts';
import type { ImageReference } from '../../core/image/reference.ts';
import type { BuiltImage } from '../world/build-image.ts';

/** What a world does to push events. */
export type EventFault = 'lose' | 'duplicate' | 'late';

/** Sends ECR's events for pushes, as a world disturbs them. */
export interface PushEvents {
  /** @param until RFC 3339; without it the next push alone is meant */
  disturb(fault: EventFault, until?: string): void;
  pushed(reference: ImageReference, image: BuiltImage, at: string): Promise<void>;
  /** After a night: what came late, and the second of what came twice. */
  releaseLate(): Promise<void>;
}

interface Disturbance {
  readonly fault: EventFault;
  readonly until: string | undefined;
}

/** @param send hands an event to EventBridge, as JSON */
export function createPushEvents(send: (event: string) => Promise<void>): PushEvents {
  let disturbance: Disturbance | undefined;
  const late: string[] = [];
  /** The fault that this push meets; one for a single push is over then. */
  const takeFault = (at: string): EventFault | undefined => {
    const current = disturbance;
    const isOver = current?.until !== undefined && at > current.until;
    if (isOver || current?.until === undefined) disturbance = undefined;
    return isOver ? undefined : current?.fault;
  };
  return {
    disturb(fault, until) {
      disturbance = { fault, until };
    },
    async pushed(reference, image, at) {
      // No other registry announces its pushes.
      if (!isEcrHost(reference.registry)) return;
      const fault = takeFault(at);
      for (const body of eventsOf(reference, image, at)) {
        if (fault !== 'lose' && fault !== 'late') await send(body);
        if (fault === 'late' || fault === 'duplicate') late.push(body);
      }
    },
    async releaseLate() {
      for (const body of late.splice(0)) await send(body);
    },
  };
}

/** One event for the tag and, as ECR does, one with an empty tag for each child of an index. */
function eventsOf(reference: ImageReference, image: BuiltImage, at: string): string[] {
  const children = image.manifests.filter(({ digest }) => digest !== image.digest);
  return [
    ...children.map(({ digest, mediaType }) => eventOf(reference, '', digest, mediaType, at)),
    eventOf(reference, reference.tag ?? '', image.digest, image.mediaType, at),
  ];
}

function eventOf(
  { registry, repository }: ImageReference,
  tag: string,
  digest: string,
  mediaType: string,
  at: string,
): string {
  const [account, , , region] = registry.split('.');
  return JSON.stringify({
    version: '0',
    // Nothing of ours reads it; chance must not get into a queue.
    id: digest.slice(-36),
    'detail-type': 'ECR Image Action',
    source: 'aws.ecr',
    account,
    time: at,
    region,
    resources: [],
    detail: {
      result: 'SUCCESS',
      'repository-name': repository,
      'image-digest': digest,
      'action-type': 'PUSH',
      'image-tag': tag,
      'manifest-media-type': mediaType,
      ...(mediaType === MEDIA_TYPES.ociManifest && {
        'artifact-media-type': MEDIA_TYPES.ociConfig,
      }),
    },
  });
}
