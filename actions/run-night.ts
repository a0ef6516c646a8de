import type { NightRequest, RefreshedFeed, Steps } from './night-steps.ts';

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
  const results: string[] = [];
  for (let batch = 0; batch < batches; batch++) {
    const done = await steps.invoke(`index-batch-${batch}`, 'index-batch', { runId, plan, batch });
    results.push(done.results);
  }
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

/** Each feed in a worker of its own: one that is slow, or fails, takes nothing from the others. */
async function refreshFeeds(steps: Steps, runId: string): Promise<RefreshedFeed[]> {
  const { feeds } = await steps.invoke('list-feeds', 'list-feeds', { runId });
  const inputs = feeds.map((feed) => ({ step: `refresh-feed-${feed}`, input: { runId, feed } }));
  const states = await steps.invokeEach('refresh-feeds', 'refresh-feed', inputs);
  return feeds.map((feed, index) => ({ feed, state: states[index]?.state ?? null }));
}
