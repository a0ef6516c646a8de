import { ENGINE } from '../core/engine.ts';
import { mainLineage } from '../core/lineage/channel.ts';
import type { LineageRow, LineageTarget } from '../core/lineage/lineage.ts';
import type { MatchedFleet, NightPlan } from './night-objects.ts';
import type { Past } from './read-past.ts';

/**
 * Says whether a row is what the last night made of the same digest with the same code: then
 * only other findings of its packages can make it another one.
 */
export function repeatedIn({ run, runRows }: Past) {
  const own = new Set(runRows);
  const isOurs = run?.engine === ENGINE;
  return (target: LineageTarget, row: LineageRow | undefined): row is LineageRow =>
    isOurs &&
    row !== undefined &&
    own.has(row) &&
    row.lineage === target.lineage &&
    row.digest === target.digest &&
    row.assessed &&
    row.stale === null;
}

/**
 * Finds what a target is compared with: the lineage's own row; but of a container that runs
 * several images, or did, the row of the very image, and a further one that is new
 * is compared with what the workload ran.
 */
export function pastOf({ rows }: Past): (target: LineageTarget) => LineageRow | undefined {
  const workloads = [...rows.values()].filter(({ kind }) => kind === 'workload');
  const byMain = Map.groupBy(workloads, ({ lineage }) => mainLineage(lineage));
  return ({ kind, lineage, digest }) => {
    const own = rows.get(lineage);
    if (kind === 'repository' || own?.digest === digest) return own;
    const main = mainLineage(lineage);
    return byMain.get(main)?.find((row) => row.digest === digest) ?? own ?? rows.get(main);
  };
}

/** Says whether a target is what its channel points at; where the tag is gone, or nobody could be asked, nobody knows better. */
export function presentOf(
  plan: NightPlan,
  matched: MatchedFleet,
): (target: LineageTarget) => boolean {
  const blind = new Set(
    plan.channels.flatMap((each) => (each.digest === null ? [each.channel] : [])),
  );
  const present = new Set(plan.channels.map(({ channel, digest }) => `${channel} ${digest}`));
  for (const { kind, stale, channel, digest } of matched.targets) {
    // A deployment may name the platform's digest where the tag names the index's.
    if (kind === 'repository' && !stale) present.add(`${channel} ${digest}`);
  }
  return ({ channel, imageDigest, digest }) =>
    blind.has(channel) ||
    present.has(`${channel} ${imageDigest}`) ||
    present.has(`${channel} ${digest}`);
}

/** Rows of channels whose head moved after the registry was asked: the head, not this run, is their state. */
export function pushedMeanwhile(plan: NightPlan, past: Past): LineageRow[] {
  const planned = new Map(plan.channels.map((each) => [each.channel, each.headVersion]));
  const moved = new Set(
    [...past.heads.values()]
      .filter(({ channel, version }) => version !== (planned.get(channel) ?? 0))
      .map(({ channel }) => channel),
  );
  return [...past.rows.values()].filter(
    (row) => row.kind === 'repository' && moved.has(row.channel),
  );
}
