import { countDifference, type IdDifference } from '../core/feed/id-difference.ts';
import type { FeedAcceptance, FeedState, SilentClosing } from '../core/run/run.ts';
import { CLOSINGS_FORMAT } from './guard-closings.ts';
import type { StateStore } from './ports.ts';
import { openDetails, openScores } from './read-details.ts';
import { type RunPorts, readCurrentRun } from './read-run.ts';
import { openSnapshot } from './read-snapshot.ts';
import { readObject } from './stored-objects.ts';

export interface ShowPorts extends RunPorts {
  readonly state: StateStore;
}

/** The feeds as the last night left them; `undefined` before the first. */
export interface FeedsReport {
  readonly runId: string;
  readonly feeds: readonly FeedState[];
}

/** One feed and, while it is held, what it offers against what was taken last. */
export interface FeedReport {
  readonly runId: string;
  readonly feed: FeedState;
  /** A person's word that waits for the next night. */
  readonly acceptance: FeedAcceptance | null;
  /** `null` when nothing is offered. */
  readonly difference: FeedDifference | null;
}

/** From the snapshot that was taken last to the one that is held. */
export interface FeedDifference extends IdDifference {
  readonly ecosystemsLost: readonly string[];
  readonly ecosystemsAdded: readonly string[];
  /** Findings that would close without a word of the feed; `null` when they were not compared. */
  readonly closings: readonly SilentClosing[] | null;
}

/** All feeds of the last night. @throws ObjectMissingError, MalformedObjectError */
export async function showFeeds(ports: ShowPorts): Promise<FeedsReport | undefined> {
  const run = await readCurrentRun(ports);
  return run && { runId: run.runId, feeds: run.feeds };
}

/** One of them; `undefined` when the last night had none of that name. @throws as `showFeeds` */
export async function showFeed(ports: ShowPorts, name: string): Promise<FeedReport | undefined> {
  const run = await readCurrentRun(ports);
  const feed = run?.feeds.find((each) => each.name === name);
  if (!run || !feed) return undefined;
  const { hold } = feed;
  const acceptance = hold && (await ports.state.feedAcceptance(name));
  return {
    runId: run.runId,
    feed,
    acceptance: acceptance?.since === hold?.since ? (acceptance ?? null) : null,
    difference: await differenceOf(ports, feed),
  };
}

async function differenceOf(
  { objects }: ShowPorts,
  { kind, key, hold }: FeedState,
): Promise<FeedDifference | null> {
  if (!hold?.offered) return null;
  const offered = await openState(objects, kind, hold.offered.key);
  const taken = key === null ? undefined : await openState(objects, kind, key);
  const [past, now] = [taken?.ecosystems ?? [], offered.ecosystems];
  const { closings } = hold;
  return {
    ...(await countDifference(taken?.recordIds() ?? nothing(), offered.recordIds())),
    ecosystemsLost: past.filter((each) => !now.includes(each)),
    ecosystemsAdded: now.filter((each) => !past.includes(each)),
    closings: closings && (await readObject(objects, CLOSINGS_FORMAT, closings.list)),
  };
}

/** Details and scores are of no ecosystem. */
async function openState(objects: ShowPorts['objects'], kind: FeedState['kind'], key: string) {
  if (kind === undefined) return openSnapshot(objects, key);
  const ecosystems: readonly string[] = [];
  const open = kind === 'details' ? openDetails : openScores;
  return { ...(await open(objects, key)), ecosystems };
}

async function* nothing(): AsyncGenerator<readonly string[]> {}
