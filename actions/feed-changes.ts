import type { FeedState } from '../core/run/run.ts';
import type { Past } from './read-past.ts';

/** Feeds whose advisories or details were never read before; scores neither open nor change anything. */
export function unseenFeeds(feeds: readonly FeedState[], { run }: Past): Set<string> {
  const seen = new Set(run?.feeds.flatMap(({ key, name }) => (key ? [name] : [])));
  return new Set(
    feeds.flatMap(({ kind, key, name }) =>
      key && kind !== 'scores' && !seen.has(name) ? [name] : [],
    ),
  );
}

/** Feeds that the configuration names no more. */
export function disabledFeeds(feeds: readonly FeedState[], { run }: Past): Set<string> {
  const enabled = new Set(feeds.map(({ name }) => name));
  return new Set(run?.feeds.flatMap(({ name }) => (enabled.has(name) ? [] : [name])));
}
