import { furtherLineage, workloadLineage } from '../core/lineage/channel.ts';
import { nearestScope } from '../core/lineage/scope.ts';
import { isRemembered, type Seen } from '../core/lineage/seen.ts';
import type { Deployment, DeploymentScope } from './ports.ts';

/** A deployment as a night wrote it down: what runs, or what counts as running though it does not. */
export interface SeenDeployment extends Deployment {
  readonly scope: string;
  readonly lineage: string;
  readonly seen: Seen;
}

/** A scope as a night wrote it down. */
export interface NightScope extends DeploymentScope {
  /** What runs, and what ran lately and may at any time run again. */
  readonly deployments: readonly SeenDeployment[];
  /** What ran, or counted as running, when the scope was last seen whole; tonight nobody could see it. */
  readonly unseen: readonly SeenDeployment[];
}

/** All that a scope runs, or ran when it was last seen. */
export function ranOrRuns({ deployments, unseen }: NightScope): readonly SeenDeployment[] {
  return [...deployments, ...unseen];
}

/** What was listed tonight, beside what the last committed night wrote down. */
export interface Listing {
  readonly scopes: readonly DeploymentScope[];
  readonly past: readonly NightScope[];
  /** The night's time. */
  readonly at: string;
  /** For how many days what ran lately counts, 0 to 90. */
  readonly days: number;
}

/**
 * Adds to what runs what ran lately, of workloads that are still there though nothing of them
 * runs (`idle`). A workload that runs anything has said what it is: whatever else it ran is
 * over, as is everything of a workload that its source does not know any more.
 */
export function rememberDeployments({ scopes, past, at, days }: Listing): NightScope[] {
  const known = past.flatMap(ranOrRuns);
  const firstSeen = new Map(known.map((each) => [digestKey(each), each.seen.first]));
  const names = scopes.map(({ scope }) => scope);
  const pastOf = Map.groupBy(known, ({ scope }) => nearestScope(scope, names));
  return scopes.map((scope): NightScope => {
    const running = seenNow(scope, firstSeen, at);
    const before = pastOf.get(scope.scope) ?? [];
    if (scope.failure !== null) {
      const listed = new Set(running.map(({ lineage }) => lineage));
      const unseen = before
        .filter(({ lineage }) => !listed.has(lineage))
        .map((each) => ({ ...each, seen: { ...each.seen, unseenAt: at } }));
      return { ...scope, deployments: running, unseen };
    }
    const active = new Set(running.map(({ workload }) => workload));
    const remembered = before.filter(
      ({ workload, seen }) =>
        !active.has(workload) && isIdle(workload, scope) && isRemembered(seen, at, days),
    );
    return { ...scope, deployments: [...running, ...remembered], unseen: [] };
  });
}

function seenNow(
  { scope, deployments }: DeploymentScope,
  firstSeen: ReadonlyMap<string, string>,
  at: string,
): SeenDeployment[] {
  const taken = new Set<string>();
  return deployments.map((each) => {
    const lineage = lineageOf(each, taken);
    taken.add(lineage);
    const first = firstSeen.get(digestKey(each)) ?? at;
    return { ...each, scope, lineage, seen: { first, last: at, count: each.count ?? 1 } };
  });
}

/** One lineage each: the first of a container goes on with the workload's, further images beside it have their own. */
function lineageOf(
  { workload, container, platform, digest }: Deployment,
  taken: ReadonlySet<string>,
): string {
  const lineage = workloadLineage(workload, container, platform);
  return taken.has(lineage) ? furtherLineage(lineage, digest) : lineage;
}

function digestKey({ workload, container, platform, digest }: Deployment): string {
  return `${workloadLineage(workload, container, platform)}|${digest}`;
}

function isIdle(workload: string, { idle = [] }: DeploymentScope): boolean {
  return idle.some((each) =>
    each.endsWith('/*') ? workload.startsWith(each.slice(0, -1)) : workload === each,
  );
}
