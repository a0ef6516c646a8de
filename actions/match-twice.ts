import type { FleetIndex } from '../core/fleet/fleet-index.ts';
import type { UnitFindings } from '../core/fleet/unit-findings.ts';
import { type FeedState, isBlind, type Run } from '../core/run/run.ts';
import { type GuardedFleet, guardClosings } from './guard-closings.ts';
import { matchUnits } from './match-units.ts';
import type { ObjectStore } from './ports.ts';

/** What a fleet is matched by: yesterday's night, and the feeds as tonight's reading left them. */
interface Advisories {
  readonly runId: string;
  readonly run: Run | undefined;
  readonly feeds: readonly FeedState[];
}

/** A fleet, and what of it runs. */
interface Fleet extends Pick<GuardedFleet, 'running' | 'isHeard'> {
  readonly index: FleetIndex;
}

/** What advisories say of each unit of a fleet. */
interface Judged {
  /** By yesterday's feeds; `null` when there were none. */
  readonly before: UnitFindings | null;
  /** By `feeds`; `null` when there are none. */
  readonly after: UnitFindings | null;
  /** Every feed as it is taken tonight. */
  readonly feeds: readonly FeedState[];
}

/**
 * Matches a fleet by yesterday's feeds, and by today's as far as they are taken: one whose new
 * state closes too much in silence is held after all.
 */
export async function matchTwice(
  objects: ObjectStore,
  { index, running, isHeard }: Fleet,
  { runId, run, feeds }: Advisories,
): Promise<Judged> {
  const matching = matchUnits(objects, index.units);
  const match = async (
    by: readonly FeedState[],
    at: string,
    known: UnitFindings | null,
  ): Promise<UnitFindings | null> => (isBlind(by) ? null : matching.match(by, at, known ?? []));
  const before = run ? await match(run.feeds, run.at, null) : null;
  const read = await match(feeds, runId, before);
  const guarded =
    run && before && read
      ? await guardClosings(objects, feeds, {
          runId,
          run,
          units: index.units,
          running,
          isHeard,
          before,
          after: read,
          match: (by) => matching.match(by, runId, before),
        })
      : feeds;
  const isTaken = guarded.every(({ key }, place) => key === feeds[place]?.key);
  const after = isTaken ? read : await match(guarded, runId, before);
  return { before, after, feeds: guarded };
}
