import { ENGINE } from '../core/engine.ts';
import { describeSilence } from '../core/feed/guard.ts';
import { closingsOf, isSaid } from '../core/feed/silent-closings.ts';
import type { UnitFindings } from '../core/fleet/unit-findings.ts';
import type { Finding } from '../core/match/finding.ts';
import { lookupKeysOf, type Unit } from '../core/match/unit.ts';
import { hashOf } from '../core/object/json-object.ts';
import {
  type FeedClosings,
  type FeedState,
  type Run,
  runKeys,
  type SilentClosing,
} from '../core/run/run.ts';
import { holdFeed, offeredOf } from './hold-feed.ts';
import type { ObjectStore } from './ports.ts';
import { openSnapshot } from './read-snapshot.ts';
import { writeObject } from './stored-objects.ts';

/** Format of the list of findings that a feed would close. */
export const CLOSINGS_FORMAT = 'silent-closings/1';

/** The fleet as the guard sees it. */
export interface GuardedFleet {
  readonly runId: string;
  /** The night that tonight is compared with. */
  readonly run: Run;
  readonly units: readonly Unit[];
  /** Places of the units of what runs: nobody misses what is found elsewhere. */
  readonly running: readonly number[];
  /** Findings by the feeds as they were taken last. */
  readonly before: UnitFindings;
  /** Findings by the feeds as tonight's reading left them. */
  readonly after: UnitFindings;
  /** Whether a finding of a unit counts: what is suppressed wherever it runs is not open. */
  isHeard(unit: number, finding: Finding): boolean;
  /** Findings by other states of the feeds, as of tonight. */
  match(feeds: readonly FeedState[]): Promise<UnitFindings>;
}

/**
 * The feeds as they are taken: one whose new state would close too many findings without a record
 * that says why is held after all. Of every state that is held it is written down what it would close.
 */
export async function guardClosings(
  objects: ObjectStore,
  feeds: readonly FeedState[],
  fleet: GuardedFleet,
): Promise<readonly FeedState[]> {
  const last = new Map(fleet.run.feeds.map((feed) => [feed.name, feed]));
  const guarded: FeedState[] = [];
  for (const feed of feeds) {
    const past = last.get(feed.name);
    // Details and scores open and close nothing.
    const judges = feed.kind === undefined && past?.key;
    guarded.push(past && judges ? await guardFeed(objects, feed, past, { feeds, fleet }) : feed);
  }
  return guarded;
}

interface Tonight {
  readonly feeds: readonly FeedState[];
  readonly fleet: GuardedFleet;
}

async function guardFeed(
  objects: ObjectStore,
  feed: FeedState,
  past: FeedState,
  { feeds, fleet }: Tonight,
): Promise<FeedState> {
  const offered = feed.hold ? feed.hold.offered : offeredOf(feed);
  if (!offered || offered.key === past.key) return feed;
  const { runId, run, before } = fleet;
  const question = { feed: feed.name, key: offered.key };
  const { hold } = feed;
  if (hold) {
    const after = await fleet.match(replace(feeds, { ...feed, ...offered }));
    const closings = await findClosings(objects, { ...question, before, after }, fleet);
    return {
      ...feed,
      hold: { ...hold, closings: await keepClosings(objects, feed, closings, runId) },
    };
  }
  const { after } = fleet;
  // What a person has accepted is the measure: only what is lost beyond it counts.
  const measured = feed.accepted
    ? await fleet.match(replace(run.feeds, { ...past, ...feed.accepted.offered }))
    : before;
  const closings = await findClosings(objects, { ...question, before: measured, after }, fleet);
  const failure = describeSilence(countsOf(closings));
  if (failure === undefined) return feed;
  const known = run.engine === ENGINE ? past.validator : null;
  const held = holdFeed(feed.name, { runId, last: past, known, reason: 'loss', failure, offered });
  return {
    ...held,
    hold: { ...held.hold, closings: await keepClosings(objects, feed, closings, runId) },
  };
}

function replace(feeds: readonly FeedState[], state: FeedState): FeedState[] {
  return feeds.map((feed) => (feed.name === state.name ? state : feed));
}

interface Question {
  readonly feed: string;
  /** Of the snapshot that would close them. */
  readonly key: string;
  readonly before: UnitFindings;
  readonly after: UnitFindings;
}

interface Closings {
  readonly open: number;
  readonly silent: readonly SilentClosing[];
}

async function findClosings(
  objects: ObjectStore,
  { feed, key, before, after }: Question,
  { units, running, isHeard }: GuardedFleet,
): Promise<Closings> {
  const { open, closed } = closingsOf(
    feed,
    running.map((unit) => ({
      before: (before[unit] ?? []).filter((each) => isHeard(unit, each)),
      after: after[unit] ?? [],
    })),
  );
  const found = unitsByPurl(closed, units, running);
  const silent = await silentOnes(objects, key, closed, found);
  return {
    open,
    silent: silent.map(({ id, package: purl, severity }) => {
      return { id, package: purl, ecosystem: found.get(purl)?.[0]?.ecosystem ?? '', severity };
    }),
  };
}

function countsOf({ open, silent }: Closings): Omit<FeedClosings, 'list'> {
  const counts = Map.groupBy(silent, ({ ecosystem }) => ecosystem);
  const ecosystems = [...counts].map(([ecosystem, each]) => [ecosystem, each.length] as const);
  return { open, silent: silent.length, ecosystems: Object.fromEntries(ecosystems.sort()) };
}

async function keepClosings(
  objects: ObjectStore,
  { name }: FeedState,
  closings: Closings,
  runId: string,
): Promise<FeedClosings> {
  const { silent } = closings;
  const list = runKeys.work(runId, `closings-${encodeURIComponent(name)}-${hashOf(silent)}`);
  await writeObject(objects, CLOSINGS_FORMAT, list, silent);
  return { ...countsOf(closings), list };
}

function unitsByPurl(
  findings: readonly Finding[],
  units: readonly Unit[],
  running: readonly number[],
): ReadonlyMap<string, readonly Unit[]> {
  const wanted = new Set(findings.map((finding) => finding.package));
  if (wanted.size === 0) return new Map();
  const found = running.flatMap((place) => units[place] ?? []);
  return Map.groupBy(
    found.filter(({ purl }) => wanted.has(purl)),
    ({ purl }) => purl,
  );
}

/** Those of which the feed's new state does not say why they are over. */
async function silentOnes(
  objects: ObjectStore,
  key: string,
  closed: readonly Finding[],
  units: ReadonlyMap<string, readonly Unit[]>,
): Promise<readonly Finding[]> {
  if (closed.length === 0) return [];
  const snapshot = await openSnapshot(objects, key);
  const known = new Set(snapshot.ecosystems);
  const keysOf = ({ package: purl }: Finding) => lookupKeysOf(units.get(purl) ?? [], known);
  const entriesOf = await snapshot.lookup(lookupKeysOf([...units.values()].flat(), known));
  const ids = closed.flatMap(({ records }) => records.map(({ id }) => id));
  const there = await snapshot.recordsAmong(ids);
  return closed.filter((finding) => {
    const entries = keysOf(finding).flatMap(entriesOf);
    return !isSaid(finding, { entries, hasRecord: (id) => there.has(id) });
  });
}
