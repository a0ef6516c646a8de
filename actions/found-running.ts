import type { Run } from '../core/run/run.ts';
import type { IndexFailure, NightPlan } from './night-objects.ts';
import type { Past } from './read-past.ts';
import { type NightScope, ranOrRuns } from './remember-deployments.ts';

/** What runs and had to be indexed tonight, since nobody had told of it; what `past` knows was only indexed by other code. */
export function foundRunning(
  plan: NightPlan,
  scopes: readonly NightScope[],
  failures: readonly IndexFailure[],
  past: Pick<Past, 'rows'>,
): Run['found'] {
  const failed = new Set(failures.map(({ digest }) => digest));
  const known = new Set([...past.rows.values()].map(({ imageDigest }) => imageDigest));
  const running = Map.groupBy(scopes.flatMap(ranOrRuns), ({ digest }) => digest);
  return plan.images.flatMap(({ reference, digest }) => {
    const lineages = (running.get(digest) ?? []).map(({ lineage }) => lineage).sort();
    return lineages.length === 0 || failed.has(digest) || known.has(digest)
      ? []
      : [{ reference, digest, lineages }];
  });
}
