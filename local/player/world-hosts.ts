import { parseReference } from '../../core/image/reference.ts';
import type { WorldEvent } from '../world/world-event.ts';

/** The registries that a world speaks of. */
export function hostsOf(events: readonly WorldEvent[]): Set<string> {
  const images = events.flatMap((event) =>
    'image' in event ? (event.image.split('~')[0] ?? []) : [],
  );
  return new Set(images.map((image) => parseReference(image).registry));
}

/** The feeds that a world names: they exist from its start. */
export function feedsOf(events: readonly WorldEvent[]): Set<string> {
  return new Set(events.flatMap((event) => ('feed' in event ? event.feed : [])));
}
