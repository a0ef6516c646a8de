import {
  type NightRequest,
  type RefreshedFeed,
  type Steps,
  WORKER_ATTEMPTS,
} from './night-steps.ts';

/**
 * Batches of unknown images that are indexed at once. Each is a function that reads 4 images at once, so that
 * 32 are under way: some 200 requests a second of the 2,000 manifests and 3,000 layers that ECR gives
 * (https://docs.aws.amazon.com/AmazonECR/latest/userguide/service-quotas.html), which the account's own pulls
 * share. Two fewer than the 10 functions at once that a new account may have
 * (https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html): pushes are still handled.
 */
export const BATCHES_AT_ONCE = 8;

/** Images could not be indexed: a store failed, not an image. What the other batches read is kept. */
export class BatchesFailedError extends Error {
  override readonly name = 'BatchesFailedError';

  constructor(steps: readonly string[]) {
    super(`failed ${WORKER_ATTEMPTS} times: ${steps.join(', ')}`);
  }
}

/** What a night came to. */
export interface NightResult {
  readonly runId: string;
  /** Key of the run object. */
  readonly run: string;
  /** `false` when another night had been committed meanwhile. */
  readonly committed: boolean;
}

/**
 * The night: observe, list, reconcile, refresh, match, compare, commit, deliver,
 * report. Only steps touch the world or the clock, so that a replay takes the same way.
 */
export async function runNight(steps: Steps, { runId }: NightRequest): Promise<NightResult> {
  const { moves } = await steps.invoke('observe-tags', 'observe-tags', { runId });
  const { deployments } = await steps.invoke('list-deployments', 'list-deployments', { runId });
  const { plan, batches } = await steps.invoke('reconcile-images', 'reconcile-images', {
    runId,
    moves,
    deployments,
  });
  const results = await indexBatches(steps, runId, { plan, batches });
  const { drifts } = await steps.invoke('record-observations', 'record-observations', {
    runId,
    moves,
  });
  const feeds = await refreshFeeds(steps, runId);
  const { matched } = await steps.invoke('match-fleet', 'match-fleet', {
    runId,
    plan,
    deployments,
    feeds,
  });
  const written = await steps.invoke('compare-lineages', 'compare-lineages', {
    runId,
    plan,
    matched,
    drifts,
    results,
    deployments,
    moves,
  });
  const { committed } = await steps.invoke('commit-run', 'commit-run', { runId, ...written });
  const { run } = written;
  if (committed) {
    // What was pushed while the night ran was compared with yesterday: once more, with today.
    await steps.invoke('reassess-pushes', 'reassess-pushes', { runId });
    await steps.invoke('deliver-alerts', 'deliver-alerts', { runId });
  }
  await steps.invoke('write-report', 'write-report', { runId, run });
  return { runId, run, committed };
}

/** The unknown images, batch by batch; what each came to, in the plan's order. */
async function indexBatches(
  steps: Steps,
  runId: string,
  { plan, batches }: { readonly plan: string; readonly batches: number },
): Promise<string[]> {
  const inputs = Array.from({ length: batches }, (_, batch) => ({
    step: `index-batch-${batch}`,
    input: { runId, plan, batch },
  }));
  const done = await steps.invokeEach('index-batches', 'index-batch', inputs, BATCHES_AT_ONCE);
  const failed = inputs.filter((_, batch) => !done[batch]);
  if (failed.length > 0) throw new BatchesFailedError(failed.map(({ step }) => step));
  return done.flatMap((each) => each?.results ?? []);
}

/** Each feed in a worker of its own: one that is slow, or fails, takes nothing from the others. */
async function refreshFeeds(steps: Steps, runId: string): Promise<RefreshedFeed[]> {
  const { feeds } = await steps.invoke('list-feeds', 'list-feeds', { runId });
  const inputs = feeds.map((feed) => ({ step: `refresh-feed-${feed}`, input: { runId, feed } }));
  const states = await steps.invokeEach('refresh-feeds', 'refresh-feed', inputs);
  return feeds.map((feed, index) => ({ feed, state: states[index]?.state ?? null }));
}
