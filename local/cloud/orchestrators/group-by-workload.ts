import type { Placed } from './fleet.ts';

/** The containers of one workload on one platform: what a task or a pod is. */
export interface PlacedWorkload {
  readonly workload: string;
  readonly platform: string;
  readonly containers: readonly Placed[];
  /** When the last of them was deployed: seconds since 1970, one a deployment. */
  readonly startedAt: number;
}

/** Long ago, so that nothing started after any world's time. */
const FIRST_START = 1_000_000_000;

/** One replica a workload, in the order in which they were deployed first. */
export function groupByWorkload(running: readonly Placed[]): PlacedWorkload[] {
  const groups = Map.groupBy(running, ({ workload, platform }) => `${workload}|${platform}`);
  return [...groups.values()].flatMap((containers) => {
    const [first] = containers;
    if (!first) return [];
    const newest = Math.max(...containers.map(({ order }) => order));
    const { workload, platform } = first;
    return [{ workload, platform, containers, startedAt: FIRST_START + newest }];
  });
}
