import type { FindingsOf } from '../core/feed/silent-closings.ts';
import type { Digest } from '../core/image/digest.ts';
import type { Inventory } from '../core/inventory/inventory.ts';
import type { Finding } from '../core/match/finding.ts';
import { type FeedState, isBlind, type Run } from '../core/run/run.ts';
import { type GuardedFleet, guardClosings } from './guard-closings.ts';
import { matchInventories } from './match-inventories.ts';
import type { MatchedFleet } from './night-objects.ts';
import type { ObjectStore } from './ports.ts';

/** What a fleet is matched by: yesterday's night, and the feeds as tonight's reading left them. */
interface Advisories {
  readonly runId: string;
  readonly run: Run | undefined;
  readonly feeds: readonly FeedState[];
}

/** The inventories of a fleet, and those of what runs. */
interface MatchedInventories extends Pick<GuardedFleet, 'isHeard'> {
  readonly inventories: readonly Inventory[];
  readonly running: readonly Inventory[];
}

type Judged = Pick<MatchedFleet, 'findings' | 'before' | 'after' | 'feeds'>;

/**
 * Matches a fleet by yesterday's feeds, and by today's as far as they are taken: one whose new
 * state closes too much in silence is held after all.
 */
export async function matchTwice(
  objects: ObjectStore,
  { inventories, running, isHeard }: MatchedInventories,
  { runId, run, feeds }: Advisories,
): Promise<Judged> {
  const match = async (by: readonly FeedState[], at: string): Promise<FindingsOf | null> =>
    isBlind(by) ? null : matchInventories(objects, by, inventories, at);
  const before = run ? await match(run.feeds, run.at) : null;
  const read = await match(feeds, runId);
  const runs = new Set(running.map(({ digest }) => digest));
  const ofRunning = (findings: FindingsOf) =>
    new Map([...findings].filter(([digest]) => runs.has(digest)));
  const guarded =
    run && before && read
      ? await guardClosings(objects, feeds, {
          runId,
          run,
          inventories: running,
          isHeard,
          before: ofRunning(before),
          after: ofRunning(read),
          match: (by) => matchInventories(objects, by, running, runId),
        })
      : feeds;
  const isTaken = guarded.every(({ key }, index) => key === feeds[index]?.key);
  const after = isTaken ? read : await match(guarded, runId);
  const { findings, tableOf } = createFindingTable();
  return {
    findings,
    after: after && tableOf(after),
    before: before && tableOf(before),
    feeds: guarded,
  };
}

/** Each finding once, named by its place. */
function createFindingTable() {
  const places = new Map<string, number>();
  const findings: Finding[] = [];
  const intern = (finding: Finding): number => {
    const key = JSON.stringify(finding);
    const known = places.get(key) ?? findings.push(finding) - 1;
    places.set(key, known);
    return known;
  };
  const tableOf = (found: FindingsOf): Record<Digest, readonly number[]> =>
    Object.fromEntries([...found].map(([digest, list]) => [digest, list.map(intern)]));
  return { findings, tableOf };
}
