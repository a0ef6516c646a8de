import { ENGINE } from '../core/engine.ts';
import { type FeedState, type FeedValidator, runKeys } from '../core/run/run.ts';
import { makeOnce } from './night-objects.ts';
import type { Worker } from './night-steps.ts';
import {
  type AdvisoryFeed,
  type FeedAnswer,
  FeedUnavailableError,
  type Log,
  type ObjectStore,
  type StateStore,
} from './ports.ts';
import { openDetails } from './read-details.ts';
import { readCurrentRun } from './read-run.ts';
import { openSnapshot } from './read-snapshot.ts';
import { writeDetails } from './write-details.ts';
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
 * Reads each feed into a complete snapshot. One that says it is unchanged keeps
 * yesterday's. A feed that fails, goes back in time, or has lost the record that must
 * always be there, is held: yesterday's snapshot stays too, and is not taken for fresh.
 */
export function refreshFeeds(ports: RefreshPorts): Worker<'refresh-feeds'> {
  return async ({ runId }) => {
    const key = runKeys.work(runId, 'feeds');
    await makeOnce(ports.objects, 'feeds', key, async () => {
      const run = await readCurrentRun(ports);
      const past = new Map(run?.feeds.map((feed) => [feed.name, feed]));
      const isSameEngine = run?.engine === ENGINE;
      const states: FeedState[] = [];
      for (const feed of ports.feeds) {
        const last = past.get(feed.name);
        const known = isSameEngine ? await validatorOf(ports.objects, last) : null;
        states.push(await refresh(ports, feed, { runId, last, known }));
      }
      return states.sort((a, b) => (a.name < b.name ? -1 : 1));
    });
    return { feeds: key };
  };
}

/** What the feed may be asked with: only who still has the snapshot can do with "unchanged". */
async function validatorOf(
  objects: ObjectStore,
  last: FeedState | undefined,
): Promise<FeedValidator | null> {
  if (!last?.key || !last.validator) return null;
  return (await objects.get(last.key)) === undefined ? null : last.validator;
}

/** One feed tonight. */
interface Refresh {
  readonly runId: string;
  readonly last: FeedState | undefined;
  readonly known: FeedValidator | null;
}

async function refresh(
  { objects, log }: RefreshPorts,
  feed: AdvisoryFeed,
  { runId, last, known }: Refresh,
): Promise<FeedState> {
  try {
    const answer = await feed.read(known);
    const state =
      answer.kind === 'unchanged'
        ? keepLast(feed, known && last)
        : await takeRecords(objects, feed, answer, runId);
    const failure = await reasonToHold(objects, feed, state, last);
    return failure === undefined ? state : held(feed, { last, known }, failure);
  } catch (error) {
    // Our own stores failing says nothing about the feed: then the step fails and is tried again.
    if (!(error instanceof FeedUnavailableError)) throw error;
    log.warn('feed not read', { feed: feed.name, error: error.message });
    return held(feed, { last, known }, error.message);
  }
}

function keepLast({ name }: AdvisoryFeed, last: FeedState | null | undefined): FeedState {
  if (!last) throw new FeedUnavailableError(`${name} says that it is unchanged, and was not asked`);
  return { ...last, state: 'fresh', failure: null };
}

async function takeRecords(
  objects: ObjectStore,
  { name, kind }: AdvisoryFeed,
  { records, validator }: Extract<FeedAnswer, { kind: 'records' }>,
  runId: string,
): Promise<FeedState> {
  const write = kind === 'details' ? writeDetails : writeSnapshot;
  const written = await write(objects, name, records, runId);
  return {
    name,
    ...(kind && { kind }),
    snapshot: written.id,
    key: written.key,
    records: written.records,
    newest: written.newest,
    validator,
    state: 'fresh',
    failure: null,
    problems: written.problems.slice(0, PROBLEMS_SHOWN),
  };
}

/** Why what was read is not taken; `undefined` when it is. */
async function reasonToHold(
  objects: ObjectStore,
  { control, kind }: AdvisoryFeed,
  { key, records, newest }: FeedState,
  last: FeedState | undefined,
): Promise<string | undefined> {
  if (control !== null && !(await hasRecord(objects, kind, key, control))) {
    return `its control record ${control} is missing`;
  }
  // Records are withdrawn, never all taken away.
  if (records === 0 && last && last.records > 0) return 'it is empty';
  const before = last?.newest ?? '';
  if ((newest ?? '') >= before) return undefined;
  return `it goes back in time: its newest record is of ${newest ?? 'no known time'}, that of the last snapshot of ${before}`;
}

async function hasRecord(
  objects: ObjectStore,
  kind: FeedState['kind'],
  key: string | null,
  id: string,
): Promise<boolean> {
  if (key === null) return false;
  const snapshot = await (kind === 'details' ? openDetails : openSnapshot)(objects, key);
  return snapshot.hasRecord(id);
}

function held(
  { name, kind }: AdvisoryFeed,
  { last, known }: Pick<Refresh, 'last' | 'known'>,
  failure: string,
): FeedState {
  return {
    name,
    ...(kind && { kind }),
    snapshot: last?.snapshot ?? null,
    key: last?.key ?? null,
    records: last?.records ?? 0,
    newest: last?.newest ?? null,
    // What could not be asked with tonight is no better tomorrow.
    validator: known,
    state: 'held',
    failure,
    problems: last?.problems ?? [],
  };
}
