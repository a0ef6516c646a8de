import { type Watched, type WatchPorts, watchTags } from '../../actions/watch-tags.ts';

/** Looks at the watched tags, every hour. */
export function handleWatchTags(ports: WatchPorts) {
  return (): Promise<Watched> => watchTags(ports);
}
