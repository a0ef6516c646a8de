import type { Alert } from '../core/alert/alert.ts';
import type { LineageComparison } from '../core/change/compare-lineage.ts';
import type { resolveThreads } from '../core/change/resolve-threads.ts';
import type { Telling } from '../core/change/tell-changes.ts';
import { KNOWN_CHECKS } from '../core/check/known-checks.ts';
import { keptSupport } from '../core/check/support/fleet-support.ts';
import { ENGINE } from '../core/engine.ts';
import type { LineageRow } from '../core/lineage/lineage.ts';
import { hashOf } from '../core/object/json-object.ts';
import { type FeedState, type Run, runKeys, shardOf } from '../core/run/run.ts';
import type { MatchedFleet, NightPlan } from './night-objects.ts';
import type { ObjectStore } from './ports.ts';
import { type QuietNights, quietLine } from './quiet-line.ts';
import { RUN_FORMATS } from './read-run.ts';
import { writeObject } from './stored-objects.ts';

/** A night as it was judged. */
export interface JudgedNight {
  readonly quietNights: QuietNights;
  readonly since: string;
  readonly told: readonly Alert[];
  readonly base: string | null;
  readonly plan: NightPlan;
  readonly matched: MatchedFleet;
  /** Whether there was anything to match with. */
  readonly isJudged: boolean;
  readonly feeds: readonly FeedState[];
  readonly telling: Telling;
  readonly comparisons: readonly LineageComparison[];
  readonly alerts: readonly Alert[];
  readonly resolved: ReturnType<typeof resolveThreads>;
  readonly unseen: readonly string[];
  readonly failed: Run['failed'];
  readonly drifts: Run['drifts'];
  readonly looked: Run['looked'];
  readonly found: Run['found'];
  readonly captures: Run['captures'];
  readonly support: NonNullable<Run['support']>;
}

/** Rows per shard, about: a push reads one shard. */
const SHARD_ROWS = 500;

/** Writes a judged night: its parts named by what is in them, the run itself last. */
export async function keepRun(
  objects: ObjectStore,
  runId: string,
  night: JudgedNight,
): Promise<Run> {
  const { matched, plan, feeds, telling, resolved, failed, unseen } = night;
  const keep = (name: string, format: string, value: unknown) =>
    writeObject(objects, format, runKeys.part(runId, name, hashOf(value)), value);
  const rows: string[] = [];
  for (const [shard, each] of shardRows(telling.rows).entries()) {
    rows.push(await keep(`rows-${shard}`, RUN_FORMATS.rows, each));
  }
  const alerts = await keep('alerts', RUN_FORMATS.alerts, night.alerts);
  const told = await keep('told', RUN_FORMATS.alerts, night.told);
  const scanned = new Set(matched.targets.filter((each) => !each.stale).map((each) => each.digest));
  const isWhole = failed.length === 0 && unseen.length === 0;
  const isFresh = feeds.every((feed) => feed.state === 'fresh');
  const run: Omit<Run, 'quiet'> = {
    runId,
    at: runId,
    status:
      !night.isJudged && feeds.length > 0 ? 'failed' : isWhole && isFresh ? 'complete' : 'partial',
    expected: scanned.size + failed.length,
    scanned: scanned.size,
    failed,
    unseen,
    found: night.found,
    feeds,
    unmatched: matched.unmatched,
    support: night.support.map(keptSupport),
    changes: countChanges(night),
    threads: resolved.open,
    ended: resolved.ended,
    drifts: night.drifts,
    looked: night.looked,
    heads: Object.fromEntries(plan.channels.map((each) => [each.channel, each.headVersion])),
    base: night.base,
    since: night.since,
    rows,
    alerts,
    told,
    engine: ENGINE,
    checks: KNOWN_CHECKS,
    findings: matched.findings,
    index: matched.index,
    ...partsOf(matched),
    ...(night.captures && { captures: night.captures }),
  };
  const quiet = quietLine(run, night.alerts, night.quietNights);
  const whole = { ...run, quiet: quiet && (await keep('quiet', RUN_FORMATS.alerts, [quiet])) };
  await writeObject(objects, RUN_FORMATS.run, runKeys.run(runId), whole);
  return whole;
}

/** What the matching found besides, where it found any. */
function partsOf(matched: MatchedFleet) {
  const { suppressions, carried, problems, origins } = matched;
  return {
    ...(suppressions && { suppressions }),
    ...(carried && { carried }),
    ...(problems && { problems }),
    ...(origins && { origins }),
  };
}

function shardRows(rows: readonly LineageRow[]): LineageRow[][] {
  const count = Math.max(1, Math.ceil(rows.length / SHARD_ROWS));
  const shards = Array.from({ length: count }, (): LineageRow[] => []);
  for (const row of rows) shards[shardOf(row.lineage, count)]?.push(row);
  return shards;
}

function countChanges({ comparisons, alerts }: JudgedNight): Record<string, number> {
  const counts: Record<string, number> = {};
  const add = (kind: string) => {
    counts[kind] = (counts[kind] ?? 0) + 1;
  };
  for (const { changes, moved } of comparisons) {
    for (const change of changes) add(change.kind);
    for (const _move of moved) add('runtime-moved');
  }
  for (const alert of alerts) add(`alert:${alert.kind}`);
  return Object.fromEntries(Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1)));
}
