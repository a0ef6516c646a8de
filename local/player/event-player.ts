import { parseReference } from '../../core/image/reference.ts';
import type { FaultError } from '../cloud/injected-error.ts';
import type { Fleet } from '../cloud/orchestrators/fleet.ts';
import type { RegistryFaultError } from '../registry/registry-faults.ts';
import { type BuiltImage, buildImage } from '../world/build-image.ts';
import { defaultPlatform } from '../world/check-world.ts';
import { splitMovesAgo } from '../world/image-tag.ts';
import { isRegistryError } from '../world/world-calls.ts';
import type { WorldEvent } from '../world/world-event.ts';
import type { EmbeddedCloud } from './embedded-cloud.ts';
import { createPushEvents, type PushEvents } from './push-events.ts';
import type { WorldFeeds } from './world-feeds.ts';
import type { WorldSuppressions } from './world-suppressions.ts';

type EventOf<Do extends WorldEvent['do']> = Extract<WorldEvent, { do: Do }>;

/** The outside world that events act on. */
export interface WorldParts {
  readonly cloud: Pick<EmbeddedCloud, 'registry' | 'faults'>;
  /** Takes ECR's events, as EventBridge does. */
  readonly announce: (event: string) => Promise<void>;
  readonly fleet: Fleet;
  readonly feeds: WorldFeeds;
  readonly suppressions: Pick<WorldSuppressions, 'suppress'>;
  /** Images that are watched. */
  readonly watched: Set<string>;
}

/** Makes events happen in the outside world; nights are played elsewhere. */
export interface EventPlayer {
  play(event: WorldEvent): Promise<void>;
  /** To be called after each night. */
  releaseLate(): Promise<void>;
}

export function createEventPlayer(parts: WorldParts): EventPlayer {
  const { cloud, announce, fleet, feeds, suppressions, watched } = parts;
  const events = createPushEvents(announce);
  /** What each tag points at, as it was built: the base of later images. */
  const built = new Map<string, BuiltImage>();

  return {
    releaseLate: () => events.releaseLate(),
    async play(event) {
      switch (event.do) {
        case 'push':
          return playPush(parts, events, built, event);
        case 'delete':
          return playDelete(parts, event);
        case 'deploy':
          return playDeploy(parts, built, event);
        case 'undeploy':
          return fleet.undeploy(event.workload, event.container);
        case 'watch':
          watched.add(event.image);
          return;
        case 'advise':
          return feeds.advise(event.feed, event.record);
        case 'withdraw':
          return feeds.withdraw(event.feed, event.id, event.at);
        case 'suppress':
          return suppressions.suppress(event);
        case 'feed':
          return feeds.setFault(event.feed, event.fault);
        case 'fault':
          return playFault(parts, event);
        case 'event':
          return events.disturb(event.fault, event.until);
        case 'crash':
          return cloud.faults.addCrash({ after: event.after, skip: event.skip });
        case 'night':
          return;
      }
    },
  };
}

async function playPush(
  { cloud: { registry } }: WorldParts,
  events: PushEvents,
  built: Map<string, BuiltImage>,
  { at, image: name, platforms }: EventOf<'push'>,
): Promise<void> {
  const reference = parseReference(name);
  const { registry: host, repository, tag = '' } = reference;
  const image = await buildImage(platforms, (base) => built.get(base));
  built.set(name, image);
  if (registry.tagDigest(host, repository, tag) === image.digest) return;
  for (const [digest, bytes] of image.blobs) {
    if (!registry.hasBlob(host, repository, digest))
      await registry.putBlob(host, repository, bytes);
  }
  for (const { bytes, mediaType, digest } of image.manifests) {
    const isTagged = digest === image.digest;
    await registry.putManifest(host, repository, isTagged ? tag : null, bytes, mediaType);
  }
  await events.pushed(reference, image, at);
}

function playDelete({ cloud: { registry } }: WorldParts, { image }: EventOf<'delete'>): void {
  const { image: name, movesAgo } = splitMovesAgo(image);
  const { registry: host, repository, tag = '' } = parseReference(name);
  if (movesAgo === null) {
    registry.deleteTag(host, repository, tag);
    return;
  }
  const move = registry.history(host, repository, tag).at(-1 - movesAgo);
  if (move) registry.deleteManifest(host, repository, move.digest);
}

function playDeploy(
  { cloud: { registry }, fleet }: WorldParts,
  built: ReadonlyMap<string, BuiltImage>,
  { workload, container, image: name, platform }: EventOf<'deploy'>,
): void {
  const { registry: host, repository, tag = '' } = parseReference(name);
  const digest = registry.tagDigest(host, repository, tag);
  const image = built.get(name);
  if (!digest || !image) throw new Error(`nothing to deploy at ${JSON.stringify(name)}`);
  const chosen = platform ?? defaultPlatform(image.platforms.map((each) => each.platform));
  if (!chosen) throw new Error(`no platform to deploy of ${JSON.stringify(name)}`);
  fleet.deploy({
    workload,
    container,
    reference: name,
    digest,
    platform: chosen,
  });
}

function playFault({ cloud }: WorldParts, event: EventOf<'fault'>): void {
  const { call, skip, times, error, attempts } = event;
  if (call.startsWith('registry:')) {
    const registryError: RegistryFaultError = error;
    cloud.registry.setFault({ call, skip, times, error: registryError, attempts });
  } else if (!isRegistryError(error)) {
    cloud.faults.add({ call, skip, times, error: error as FaultError, attempts });
  }
}
