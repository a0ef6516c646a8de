import { digestOf } from '../../core/image/digest.ts';
import { splitMovesAgo } from './image-tag.ts';
import { InvalidWorldError } from './invalid-world-error.ts';
import { byCodeUnits } from './layer-archive.ts';
import type { PlatformSpec } from './platform-spec.ts';
import type { WorldEvent } from './world-event.ts';

const DEFAULT_PLATFORM = 'linux/amd64';

/** What a tag holds at some moment of the world, as far as no image need be built to know it. */
interface TagState {
  /** Stand-ins for the digests that it pointed at, oldest first; `null` once deleted. */
  readonly moves: (string | null)[];
  /** Platforms of what it points at now, or `null` after it was deleted. */
  platforms: readonly string[] | null;
}

interface WorldState {
  readonly tags: Map<string, TagState>;
  readonly deployed: Map<string, Set<string>>;
  /** `feed|id`. */
  readonly records: Set<string>;
  readonly nights: Set<string>;
}

type EventOf<Doing extends WorldEvent['do']> = Extract<WorldEvent, { do: Doing }>;

/**
 * Checks what one event says about others: time never goes back; bases, deployed and
 * deleted images, records and workloads are there at the time.
 *
 * @throws InvalidWorldError naming the first line that is wrong
 */
export function checkWorld(events: readonly WorldEvent[]): void {
  const state: WorldState = {
    tags: new Map(),
    deployed: new Map(),
    records: new Set(),
    nights: new Set(),
  };
  let previous = '';
  for (const [index, event] of events.entries()) {
    const reason =
      event.at < previous
        ? `time goes back from ${previous} to ${event.at}`
        : reasonAgainst(event, state);
    if (reason) throw new InvalidWorldError(index + 1, reason);
    previous = event.at;
  }
}

/** The platform that a deployment without one gets: linux/amd64, or the only one. */
export function defaultPlatform(platforms: readonly string[]): string | undefined {
  if (platforms.includes(DEFAULT_PLATFORM)) return DEFAULT_PLATFORM;
  return platforms.length === 1 ? platforms[0] : undefined;
}

function reasonAgainst(event: WorldEvent, state: WorldState): string | undefined {
  switch (event.do) {
    case 'push':
      return checkPush(event, state);
    case 'delete':
      return checkDelete(event, state);
    case 'deploy':
      return checkDeploy(event, state);
    case 'undeploy':
      return checkUndeploy(event, state);
    case 'advise':
      state.records.add(`${event.feed}|${event.record.id}`);
      return undefined;
    case 'withdraw':
      if (state.records.has(`${event.feed}|${event.id}`)) return undefined;
      return `id: no record ${JSON.stringify(event.id)} in feed ${JSON.stringify(event.feed)}`;
    case 'night':
      if (state.nights.has(event.at)) return `a second night at ${event.at}: its time is its id`;
      state.nights.add(event.at);
      return undefined;
    case 'watch':
    case 'suppress':
    case 'feed':
    case 'fault':
    case 'event':
    case 'crash':
      return undefined;
  }
}

function checkPush(
  { image, platforms }: EventOf<'push'>,
  { tags }: WorldState,
): string | undefined {
  for (const [platform, { base }] of Object.entries(platforms)) {
    const reason = base === undefined ? undefined : reasonAgainstPlatform(tags, base, platform);
    if (reason) return `platforms.${platform}.base: ${reason}`;
  }
  const tag = tags.get(image) ?? { moves: [], platforms: null };
  const digest = standInDigest(platforms, tags);
  if (tag.platforms === null || tag.moves.at(-1) !== digest) tag.moves.push(digest);
  tag.platforms = Object.keys(platforms);
  tags.set(image, tag);
  return undefined;
}

function checkDelete({ image: text }: EventOf<'delete'>, { tags }: WorldState): string | undefined {
  const { image, movesAgo } = splitMovesAgo(text);
  const tag = tags.get(image);
  if (movesAgo === null) {
    if (!tag?.platforms) return `image: no such tag ${JSON.stringify(image)}`;
    tag.platforms = null;
    return undefined;
  }
  const digest = tag?.moves.at(-1 - movesAgo);
  if (!tag || !digest) return `image: no such digest ${JSON.stringify(text)}`;
  if (tag.moves.at(-1) === digest) tag.platforms = null;
  tag.moves.forEach((each, index) => {
    if (each === digest) tag.moves[index] = null;
  });
  return undefined;
}

function checkDeploy(event: EventOf<'deploy'>, { tags, deployed }: WorldState): string | undefined {
  const { image, platform, workload, container } = event;
  const there = tags.get(image)?.platforms;
  const wanted = platform ?? (there ? defaultPlatform(there) : undefined);
  if (there && wanted === undefined) {
    return `platform: must be said, ${JSON.stringify(image)} has ${there.join(', ')}`;
  }
  const reason = reasonAgainstPlatform(tags, image, wanted ?? DEFAULT_PLATFORM);
  if (reason) return `image: ${reason}`;
  const refusal = reasonOfOrchestrator(event, wanted ?? DEFAULT_PLATFORM, deployed);
  if (refusal) return refusal;
  deployed.set(workload, (deployed.get(workload) ?? new Set()).add(container));
  return undefined;
}

/** Platforms that an orchestrator can say it runs (ECS `cpuArchitecture`, Lambda `Architectures`, nodes' `GOARCH`). */
const SAYABLE: Readonly<Record<string, RegExp>> = {
  ecs: /^(?:linux\/(?:amd64|arm64)|windows\/amd64)$/,
  eks: /^[^/]+\/[^/]+$/,
  lambda: /^linux\/(?:amd64|arm64)$/,
};

function reasonOfOrchestrator(
  { workload, container }: EventOf<'deploy'>,
  platform: string,
  deployed: WorldState['deployed'],
): string | undefined {
  const [kind = ''] = workload.split('/');
  if (!SAYABLE[kind]?.test(platform)) return `platform: ${kind} does not run ${platform}`;
  const [other] = [...(deployed.get(workload) ?? [])].filter((each) => each !== container);
  if (kind !== 'lambda' || other === undefined) return undefined;
  return `container: a function is one container, ${JSON.stringify(other)} here`;
}

function checkUndeploy(event: EventOf<'undeploy'>, { deployed }: WorldState): string | undefined {
  const { workload, container } = event;
  const containers = deployed.get(workload);
  if (!containers?.size) return `workload: ${JSON.stringify(workload)} is not deployed`;
  if (container === undefined) {
    deployed.delete(workload);
    return undefined;
  }
  if (containers.delete(container)) return undefined;
  return `container: ${JSON.stringify(container)} is not deployed`;
}

function reasonAgainstPlatform(
  tags: WorldState['tags'],
  image: string,
  platform: string,
): string | undefined {
  const there = tags.get(image)?.platforms;
  if (!there) return `${JSON.stringify(image)} was not pushed before, or is deleted`;
  if (there.includes(platform)) return undefined;
  return `${JSON.stringify(image)} has no ${platform}, only ${there.join(', ')}`;
}

/** Equal specs on equal bases build equal digests; what they are need not be known. */
function standInDigest(
  platforms: Readonly<Record<string, PlatformSpec>>,
  tags: WorldState['tags'],
): string {
  const names = Object.keys(platforms).sort(byCodeUnits);
  const parts = names.map((name) => {
    const spec = platforms[name];
    return [name, spec, spec?.base === undefined ? null : tags.get(spec.base)?.moves.at(-1)];
  });
  return digestOf(JSON.stringify(parts));
}
