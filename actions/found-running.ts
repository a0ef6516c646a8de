import type { Run } from '../core/run/run.ts';
import type { IndexFailure, NightPlan } from './night-objects.ts';
import { type NightScope, ranOrRuns } from './remember-deployments.ts';

/** What runs and had to be indexed tonight, since nobody had told of it. */
export function foundRunning(
  plan: NightPlan,
  scopes: readonly NightScope[],
  failures: readonly IndexFailure[],
): Run['found'] {
  const failed = new Set(failures.map(({ digest }) => digest));
  const running = Map.groupBy(scopes.flatMap(ranOrRuns), ({ digest }) => digest);
  return plan.images.flatMap(({ reference, digest }) => {
    const lineages = (running.get(digest) ?? []).map(({ lineage }) => lineage).sort();
    return lineages.length === 0 || failed.has(digest) ? [] : [{ reference, digest, lineages }];
  });
}
