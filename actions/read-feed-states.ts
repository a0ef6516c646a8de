import { ENGINE } from '../core/engine.ts';
import type { FeedState, Run } from '../core/run/run.ts';
import { holdFeed } from './hold-feed.ts';
import { readNight } from './night-objects.ts';
import type { RefreshedFeed } from './night-steps.ts';
import type { ObjectStore } from './ports.ts';

/** The states of tonight's feeds, by name; one whose worker failed is held. */
export async function readFeedStates(
  objects: ObjectStore,
  feeds: readonly RefreshedFeed[],
  { runId, run }: { readonly runId: string; readonly run: Run | undefined },
): Promise<FeedState[]> {
  const read = async ({ feed, state }: RefreshedFeed): Promise<FeedState> => {
    if (state !== null) return readNight(objects, 'feed', state);
    const last = run?.feeds.find(({ name }) => name === feed);
    const known = run?.engine === ENGINE ? (last?.validator ?? null) : null;
    const failure = 'it could not be read: its worker failed each time it was tried';
    return holdFeed(feed, { runId, last, known, reason: 'unread', failure, offered: null });
  };
  const states = await Promise.all(feeds.map(read));
  return states.sort((left, right) => (left.name < right.name ? -1 : 1));
}
