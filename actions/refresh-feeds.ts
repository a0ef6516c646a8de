import { ENGINE } from '../core/engine.ts';
import { describeLoss } from '../core/feed/guard.ts';
import {
  type AcceptedBy,
  type FeedState,
  type FeedValidator,
  type HoldReason,
  type OfferedSnapshot,
  runKeys,
} from '../core/run/run.ts';
import { holdFeed, offeredOf } from './hold-feed.ts';
import { makeOnce, readNight } from './night-objects.ts';
import type { Worker } from './night-steps.ts';
import {
  type AdvisoryFeed,
  type FeedAnswer,
  FeedUnavailableError,
  type Log,
  ObjectMissingError,
  type ObjectStore,
  type StateStore,
} from './ports.ts';
import { openDetails, openScores } from './read-details.ts';
import { readCurrentRun } from './read-run.ts';
import { openSnapshot } from './read-snapshot.ts';
import { writeDetails, writeScores } from './write-details.ts';
import { writeSnapshot } from './write-snapshot.ts';

export interface RefreshPorts {
  readonly feeds: readonly AdvisoryFeed[];
  readonly state: StateStore;
  readonly objects: ObjectStore;
  readonly log: Log;
}

/** A feed that the night has listed and the configuration has no more. */
export class UnknownFeedError extends Error {
  override readonly name = 'UnknownFeedError';
}

/** Records that could not be read and are named in the report, at most. */
const PROBLEMS_SHOWN = 20;

/** Names the feeds of tonight, once: the configuration may be another when a night goes on. */
export function listFeeds({ feeds, objects }: RefreshPorts): Worker<'list-feeds'> {
  return async ({ runId }) => {
    const key = runKeys.work(runId, 'feed-list');
    await makeOnce(objects, 'feed-list', key, async () => feeds.map(({ name }) => name).sort());
    return { feeds: await readNight(objects, 'feed-list', key) };
  };
}

/**
 * Reads one feed into a complete snapshot. If it says that it is unchanged, yesterday's is
 * kept. A feed that fails, goes back in time, has lost the record that must always be there, or
 * too much of all, is held: yesterday's snapshot stays too, and is not taken for fresh.
 */
export function refreshFeed(ports: RefreshPorts): Worker<'refresh-feed'> {
  return async ({ runId, feed: name }) => {
    const key = runKeys.work(runId, `feed-${encodeURIComponent(name)}`);
    await makeOnce(ports.objects, 'feed', key, async () => {
      const feed = ports.feeds.find((each) => each.name === name);
      if (!feed) throw new UnknownFeedError(`no feed ${JSON.stringify(name)} is enabled`);
      const run = await readCurrentRun(ports);
      const last = run?.feeds.find((each) => each.name === name);
      const known = run?.engine === ENGINE ? await validatorOf(ports.objects, last) : null;
      const accepted = await acceptanceOf(ports, last);
      const state = await refresh(ports, feed, { runId, last, known, accepted });
      return feed.terms ? { ...state, terms: feed.terms } : state;
    });
    return { state: key };
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

/** What a person has accepted of the hold that the last night was in; of an earlier one it is spent. */
async function acceptanceOf(
  { state, objects }: RefreshPorts,
  last: FeedState | undefined,
): Promise<AcceptedBy | undefined> {
  if (!last?.hold) return undefined;
  const acceptance = await state.feedAcceptance(last.name);
  if (acceptance?.since !== last.hold.since) return undefined;
  const { by, at, reason, offered } = acceptance;
  // Nothing can be measured by what has been deleted since.
  if ((await objects.get(offered.key)) === undefined) return undefined;
  return { by, at, reason, offered };
}

/** One feed tonight. */
interface Refresh {
  readonly runId: string;
  readonly last: FeedState | undefined;
  readonly known: FeedValidator | null;
  readonly accepted: AcceptedBy | undefined;
}

async function refresh(
  { objects, log }: RefreshPorts,
  feed: AdvisoryFeed,
  night: Refresh,
): Promise<FeedState> {
  const { runId, last, known, accepted } = night;
  try {
    const answer = await feed.read(known);
    if (answer.kind === 'unchanged') {
      return await guard(objects, feed, keepLast(feed, known && last), night);
    }
    const state = await takeRecords(objects, feed, answer, runId);
    const taken = await guard(objects, feed, state, night);
    const isReleased = taken.state === 'fresh' && taken.key !== last?.key;
    return accepted && isReleased ? { ...taken, accepted } : taken;
  } catch (error) {
    // Our own stores failing says nothing about the feed: then the step fails and is tried again.
    if (!(error instanceof FeedUnavailableError)) throw error;
    const failure = error.message;
    log.warn('feed not read', { feed: feed.name, error: failure });
    return holdFeed(feed.name, {
      runId,
      kind: feed.kind,
      last,
      known,
      reason: 'unread',
      failure,
      offered: null,
    });
  }
}

function keepLast({ name }: AdvisoryFeed, last: FeedState | null | undefined): FeedState {
  if (!last) throw new FeedUnavailableError(`${name} says that it is unchanged, and was not asked`);
  const { hold: _over, accepted: _spent, ...state } = last;
  return { ...state, state: 'fresh', failure: null };
}

const WRITERS = { advisories: writeSnapshot, details: writeDetails, scores: writeScores };
const OPENERS = { advisories: openSnapshot, details: openDetails, scores: openScores };

async function takeRecords(
  objects: ObjectStore,
  { name, kind }: AdvisoryFeed,
  { records, validator }: Extract<FeedAnswer, { kind: 'records' }>,
  runId: string,
): Promise<FeedState> {
  const written = await WRITERS[kind ?? 'advisories'](objects, name, records, runId);
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
    ...(written.passedOver && { passedOver: written.passedOver }),
  };
}

/** The state as it is taken, or the last one held. */
async function guard(
  objects: ObjectStore,
  feed: AdvisoryFeed,
  state: FeedState,
  { runId, last, known, accepted }: Refresh,
): Promise<FeedState> {
  // What a person has accepted takes the place of what was taken last.
  const doubt = await doubtOf(objects, feed, state, accepted?.offered ?? last);
  if (!doubt) return state;
  return holdFeed(feed.name, {
    runId,
    kind: feed.kind,
    last,
    known,
    offered: offeredOf(state),
    ...doubt,
  });
}

type Doubt = { readonly reason: HoldReason; readonly failure: string };

/** Why what was read is not taken, by what it is measured by; `undefined` when it is. */
async function doubtOf(
  objects: ObjectStore,
  { control, kind }: AdvisoryFeed,
  { key, records, newest }: FeedState,
  measure: FeedState | OfferedSnapshot | undefined,
): Promise<Doubt | undefined> {
  const suspect = (failure: string): Doubt => ({ reason: 'suspect', failure });
  if (control !== null && (await hasLostControl(objects, { control, kind }, key, measure))) {
    return suspect(`its control record ${control} is missing`);
  }
  // Records are withdrawn, never all taken away.
  if (records === 0 && measure && measure.records > 0) return suspect('it is empty');
  if (!measure) return undefined;
  const before = measure.newest ?? '';
  if ((newest ?? '') < before) {
    return suspect(
      `it goes back in time: its newest record is of ${newest ?? 'no known time'}, that of the last snapshot of ${before}`,
    );
  }
  const failure = describeLoss(
    { records: measure.records, ecosystems: await ecosystemsOf(objects, kind, measure.key) },
    { records, ecosystems: await ecosystemsOf(objects, kind, key) },
  );
  return failure === undefined ? undefined : { reason: 'loss', failure };
}

/** A state without its control is only one to be taken where a person has accepted one such. */
async function hasLostControl(
  objects: ObjectStore,
  { control, kind }: { readonly control: string; readonly kind: FeedState['kind'] },
  key: string | null,
  measure: FeedState | OfferedSnapshot | undefined,
): Promise<boolean> {
  if (await hasRecord(objects, kind, key, control)) return false;
  if (!measure || 'state' in measure) return true;
  return hasRecord(objects, kind, measure.key, control);
}

async function hasRecord(
  objects: ObjectStore,
  kind: FeedState['kind'],
  key: string | null,
  id: string,
): Promise<boolean> {
  if (key === null) return false;
  return (await OPENERS[kind ?? 'advisories'](objects, key)).hasRecord(id);
}

/** None where the snapshot has been deleted: nothing can be missed of it. Details and scores are of no ecosystem. */
async function ecosystemsOf(
  objects: ObjectStore,
  kind: FeedState['kind'],
  key: string | null,
): Promise<readonly string[]> {
  if (key === null || kind !== undefined) return [];
  try {
    return (await openSnapshot(objects, key)).ecosystems;
  } catch (error) {
    if (error instanceof ObjectMissingError) return [];
    throw error;
  }
}
