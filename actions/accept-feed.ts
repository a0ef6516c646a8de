import type { FeedAcceptance } from '../core/run/run.ts';
import type { Clock, StateStore } from './ports.ts';
import { type RunPorts, readCurrentRun } from './read-run.ts';

export interface AcceptPorts extends RunPorts {
  readonly state: StateStore;
  readonly clock: Clock;
}

/** A feed that cannot be accepted as it stands: the message says why. */
export class NothingToAcceptError extends Error {
  override readonly name = 'NothingToAcceptError';
}

/** Who accepts what. */
export interface AcceptRequest {
  readonly feed: string;
  /** Id of the snapshot that was looked at, or its beginning; `null` for whichever is held. */
  readonly snapshot: string | null;
  readonly by: string;
  readonly reason: string | null;
}

/**
 * Writes down that a person takes the held state of a feed for right. The next night
 * takes that state, or a later one that the guard would not hold against it; then the word is spent.
 *
 * @throws NothingToAcceptError when the feed is not held, has nothing to take, offers another
 * snapshot by now, or somebody else accepts at the same moment
 */
export async function acceptFeed(
  ports: AcceptPorts,
  { feed: name, snapshot, by, reason }: AcceptRequest,
): Promise<FeedAcceptance> {
  const feed = (await readCurrentRun(ports))?.feeds.find((each) => each.name === name);
  if (!feed) throw new NothingToAcceptError(`no feed ${JSON.stringify(name)} in the last night`);
  if (!feed.hold) throw new NothingToAcceptError(`feed ${name} is not held`);
  const { since, offered } = feed.hold;
  if (!offered) {
    throw new NothingToAcceptError(`feed ${name} could not be read: there is nothing to accept`);
  }
  if (snapshot !== null && !offered.snapshot.startsWith(snapshot)) {
    throw new NothingToAcceptError(
      `feed ${name} offers the snapshot ${offered.snapshot} by now, not ${JSON.stringify(snapshot)}`,
    );
  }
  const known = await ports.state.feedAcceptance(name);
  const acceptance: FeedAcceptance = {
    feed: name,
    revision: (known?.revision ?? 0) + 1,
    since,
    offered,
    by,
    at: ports.clock.now().toISOString(),
    reason,
  };
  if (await ports.state.commitFeedAcceptance(acceptance)) return acceptance;
  throw new NothingToAcceptError(`somebody else has just accepted feed ${name}: look again`);
}
