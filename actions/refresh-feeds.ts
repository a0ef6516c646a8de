import { type FeedState, runKeys } from '../core/run/run.ts';
import { makeOnce } from './night-objects.ts';
import type { Worker } from './night-steps.ts';
import {
  type AdvisoryFeed,
  FeedUnavailableError,
  type Log,
  type ObjectStore,
  type StateStore,
} from './ports.ts';
import { readCurrentRun } from './read-run.ts';
import { openSnapshot } from './read-snapshot.ts';
import { writeSnapshot } from './write-snapshot.ts';

export interface RefreshPorts {
  readonly feeds: readonly AdvisoryFeed[];
  readonly state: StateStore;
  readonly objects: ObjectStore;
  readonly log: Log;
}

/** Records that could not be read and are named in the report, at most. */
const PROBLEMS_SHOWN = 20;

/**
 * Reads each feed into a complete snapshot. A feed that fails, or has lost the
 * record that must always be there, is held: yesterday's snapshot stays.
 */
export function refreshFeeds(ports: RefreshPorts): Worker<'refresh-feeds'> {
  return async ({ runId }) => {
    const key = runKeys.work(runId, 'feeds');
    await makeOnce(ports.objects, 'feeds', key, async () => {
      const run = await readCurrentRun(ports);
      const past = new Map(run?.feeds.map((feed) => [feed.name, feed]));
      const states: FeedState[] = [];
      for (const feed of ports.feeds) {
        states.push(await refresh(ports, feed, past.get(feed.name)));
      }
      return states.sort((a, b) => (a.name < b.name ? -1 : 1));
    });
    return { feeds: key };
  };
}

async function refresh(
  { objects, log }: RefreshPorts,
  feed: AdvisoryFeed,
  past: FeedState | undefined,
): Promise<FeedState> {
  try {
    const { id, key, records, problems } = await writeSnapshot(objects, feed.name, feed.records());
    const control = feed.control;
    if (control !== null && !(await (await openSnapshot(objects, key)).hasRecord(control))) {
      return held(feed, past, `its control record ${control} is missing`);
    }
    // Records are withdrawn, never all taken away.
    if (records === 0 && past && past.records > 0) return held(feed, past, 'it is empty');
    return {
      name: feed.name,
      snapshot: id,
      key,
      records,
      state: 'fresh',
      failure: null,
      problems: problems.slice(0, PROBLEMS_SHOWN),
    };
  } catch (error) {
    // Our own stores failing says nothing about the feed: then the step fails and is tried again.
    if (!(error instanceof FeedUnavailableError)) throw error;
    log.warn('feed not read', { feed: feed.name, error: error.message });
    return held(feed, past, error.message);
  }
}

function held(feed: AdvisoryFeed, past: FeedState | undefined, failure: string): FeedState {
  return {
    name: feed.name,
    snapshot: past?.snapshot ?? null,
    key: past?.key ?? null,
    records: past?.records ?? 0,
    state: 'held',
    failure,
    problems: past?.problems ?? [],
  };
}
