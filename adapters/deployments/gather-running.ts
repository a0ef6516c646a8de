import type { Deployment } from '../../actions/ports.ts';
import { workloadLineage } from '../../core/lineage/channel.ts';

/** A container that runs, with the time it started, in milliseconds. */
export interface RunningContainer {
  readonly deployment: Deployment;
  readonly startedAt: number;
}

/** A container of which it is not known what it runs. */
export interface UnreadContainer {
  readonly problem: string;
  /** The container's lineage if it has only begun to start; else `null`. */
  readonly starting: string | null;
}

/** What a cluster runs. */
export interface GatheredContainers {
  /** One a digest of each container, the one that started last before the others; each with the number of its replicas. */
  readonly deployments: readonly Deployment[];
  /** Containers of which it is not known what they run. */
  readonly problems: readonly string[];
}

/** Replicas as one: what their containers run, and what of it is not known. */
export function gatherRunning(
  read: readonly (RunningContainer | UnreadContainer)[],
): GatheredContainers {
  const running = read.filter((each) => 'deployment' in each);
  const known = new Set(running.map(({ deployment }) => lineageOf(deployment)));
  const problems = read.flatMap((each) => {
    // A replica that is only starting runs nothing yet; what its container runs is known from the others.
    const isKnown = 'problem' in each && each.starting !== null && known.has(each.starting);
    return 'problem' in each && !isKnown ? [each.problem] : [];
  });
  return { deployments: onePerDigest(running), problems };
}

/** Which lineage a container is, whatever image it runs. */
export function lineageOf({
  workload,
  container,
  platform,
}: Pick<Deployment, 'workload' | 'container' | 'platform'>): string {
  return workloadLineage(workload, container, platform);
}

/** Replicas run one image; a deployment under way runs two. */
function onePerDigest(running: readonly RunningContainer[]): Deployment[] {
  const newestFirst = running.toSorted(
    (a, b) => b.startedAt - a.startedAt || compareText(a.deployment.digest, b.deployment.digest),
  );
  const byDigest = new Map<string, Deployment>();
  for (const { deployment } of newestFirst) {
    const key = `${lineageOf(deployment)}|${deployment.digest}`;
    const known = byDigest.get(key) ?? deployment;
    byDigest.set(key, { ...known, count: (known.count ?? 0) + 1 });
  }
  // Sorting is stable: of one container the newest stays first.
  return [...byDigest.values()].sort((a, b) => compareText(lineageOf(a), lineageOf(b)));
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
