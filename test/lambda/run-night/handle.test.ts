import { LocalDurableTestRunner } from '@aws/durable-execution-sdk-js-testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BATCH } from '../../../actions/reconcile-images.ts';
import { BATCHES_AT_ONCE, runNight } from '../../../actions/run-night.ts';
import { createPlainSteps } from '../../../local/player/plain-steps.ts';
import { type DurableWorkers, prepareDurableNight } from '../../support/durable-night.ts';

// Pauses between attempts are skipped, not waited for.
beforeAll(() => LocalDurableTestRunner.setupTestEnvironment({ skipTime: true }));
afterAll(() => LocalDurableTestRunner.teardownTestEnvironment());

const EVENT = { scheduledTime: '2026-06-01T02:00:00Z' };
const runId = '2026-06-01T02:00:00.000Z';

/** Workers that hand on what they were given, so that a wrong wire changes the result. */
function fakeWorkers(batches = 2, overrides: Partial<DurableWorkers> = {}): DurableWorkers {
  return {
    'observe-tags': async ({ runId }) => ({ moves: `moves of ${runId}` }),
    'list-deployments': async () => ({ deployments: 'deployments' }),
    'reconcile-images': async () => ({ plan: 'plan', batches }),
    'index-batch': async ({ plan, batch }) => ({ results: `${plan}-${batch}` }),
    'record-observations': async ({ moves }) => ({ drifts: `drifts from ${moves}` }),
    'list-feeds': async () => ({ feeds: ['a', 'b'] }),
    'refresh-feed': async ({ feed }) => ({ state: `state of ${feed}` }),
    'match-fleet': async ({ feeds }) => ({
      matched: `matched by ${feeds.map(({ feed, state }) => `${feed}: ${state}`).join(', ')}`,
    }),
    'compare-lineages': async ({ matched, drifts, results }) => ({
      run: [matched, drifts, results.length, results.at(-1)].join(', '),
      base: null,
      pending: ['alerts'],
      status: 'complete',
      held: 0,
    }),
    'commit-run': async () => ({ committed: true }),
    'reassess-pushes': async () => ({ reassessed: 0 }),
    'deliver-alerts': async () => ({ delivered: 0, failed: 0 }),
    'write-report': async () => ({ report: 'report' }),
    ...overrides,
  };
}

describe('a durable night', () => {
  it('comes to what a plain night comes to, each worker invoked once', async () => {
    const workers = fakeWorkers();
    const { runner, calls, replays } = prepareDurableNight(workers);

    const execution = await runner.run({ payload: EVENT });

    expect(execution.getResult()).toEqual(
      await runNight(createPlainSteps(workers, new Map()), { runId }),
    );
    expect(calls).toHaveLength(15);
    expect(new Set(calls.map((call) => JSON.stringify(call)))).toHaveProperty('size', 15);
    // Every invocation ends the function; the next one replays it from its start.
    expect(replays()).toBeGreaterThan(12);
  });

  it('tries a worker that fails again, and does nothing else twice', async () => {
    let failures = 2;
    const { runner, calls } = prepareDurableNight(
      fakeWorkers(1, {
        async 'match-fleet'() {
          if (failures-- > 0) throw new Error('the table is throttled');
          return { matched: 'late' };
        },
      }),
    );

    const execution = await runner.run({ payload: EVENT });

    expect(execution.getStatus()).toBe('SUCCEEDED');
    expect(execution.getResult()?.run).toContain('late');
    expect(calls.filter(({ worker }) => worker === 'match-fleet')).toHaveLength(3);
    expect(calls).toHaveLength(14 + 2);
  });

  it('goes on without a feed whose worker fails every time, and takes nothing from the others', async () => {
    const workers = fakeWorkers(1, {
      async 'refresh-feed'({ feed }) {
        if (feed === 'a') throw new Error('out of time');
        return { state: `state of ${feed}` };
      },
    });
    const { runner, calls } = prepareDurableNight(workers);

    const execution = await runner.run({ payload: EVENT });

    expect(execution.getStatus()).toBe('SUCCEEDED');
    expect(execution.getResult()?.run).toContain('matched by a: null, b: state of b');
    const feeds = calls.filter(({ worker }) => worker === 'refresh-feed');
    expect(feeds.map(({ input }) => (input as { feed: string }).feed).sort()).toEqual([
      ...['a', 'a', 'a', 'b'],
    ]);
    expect(execution.getResult()).toEqual(
      await runNight(createPlainSteps(workers, new Map()), { runId }),
    );
  });

  it('fails by name when a worker fails every time, and can be started again', async () => {
    let isBroken = true;
    const workers = fakeWorkers(1, {
      async 'compare-lineages'() {
        if (isBroken) throw new Error('the bucket is gone');
        return { run: 'run', base: null, pending: ['alerts'], status: 'complete', held: 0 };
      },
    });
    const first = await prepareDurableNight(workers).runner.run({ payload: EVENT });
    isBroken = false;
    const second = await prepareDurableNight(workers).runner.run({ payload: EVENT });

    expect(first.getStatus()).toBe('FAILED');
    expect(first.getError().errorMessage).toBe(
      'step "compare-lineages" failed 3 times: the bucket is gone',
    );
    expect(second.getResult()).toEqual({ runId, run: 'run', committed: true });
  });

  it('reassesses and delivers nothing when a later night was committed before', async () => {
    const { runner, calls } = prepareDurableNight(
      fakeWorkers(0, { 'commit-run': async () => ({ committed: false }) }),
    );

    await runner.run({ payload: EVENT });

    const invoked = calls.map(({ worker }) => worker);
    expect(invoked).not.toContain('reassess-pushes');
    expect(invoked).not.toContain('deliver-alerts');
    expect(invoked).toContain('write-report');
  });

  it('takes one operation a batch: below 1,000 for 10,000 unknown digests', async () => {
    const night = async (batches: number) => {
      const { runner } = prepareDurableNight(fakeWorkers(batches));
      const execution = await runner.run({ payload: EVENT });
      return execution.getOperations().length;
    };

    const [none, ten] = [await night(0), await night(10)];

    // One more that holds them all.
    expect(ten - none).toBe(10 + 1);
    expect(none + 1 + 10_000 / BATCH).toBeLessThan(1000);
  });

  it('indexes several batches at once, no more than it may, with the results in order', async () => {
    const batches = 2 * BATCHES_AT_ONCE + 3;
    let underWay = 0;
    let most = 0;
    const crowd = Promise.withResolvers<void>();
    const workers = fakeWorkers(batches, {
      async 'index-batch'({ batch }) {
        underWay++;
        most = Math.max(most, underWay);
        if (underWay === BATCHES_AT_ONCE) crowd.resolve();
        await crowd.promise;
        underWay--;
        return { results: String(batch) };
      },
      async 'compare-lineages'({ results }) {
        return { run: results.join(), base: null, pending: [], status: 'complete', held: 0 };
      },
    });

    const execution = await prepareDurableNight(workers).runner.run({ payload: EVENT });

    expect(most).toBe(BATCHES_AT_ONCE);
    expect(execution.getResult()?.run).toBe(Array.from({ length: batches }, (_, n) => n).join());
  });

  it('fails by name when a batch fails every time, after all others are done', async () => {
    let isBroken = true;
    const workers = fakeWorkers(12, {
      async 'index-batch'({ batch }) {
        if (isBroken && batch === 1) throw new Error('the bucket is gone');
        return { results: `results-${batch}` };
      },
    });
    const { runner, calls } = prepareDurableNight(workers);
    const first = await runner.run({ payload: EVENT });
    const plain = runNight(createPlainSteps(workers, new Map()), { runId });
    await expect(plain).rejects.toThrow('index-batch-1');
    isBroken = false;
    const second = await prepareDurableNight(workers).runner.run({ payload: EVENT });

    expect(first.getError().errorMessage).toBe('failed 3 times: index-batch-1');
    const batches = calls.filter(({ worker }) => worker === 'index-batch');
    expect(batches.map(({ input }) => (input as { batch: number }).batch).sort()).toEqual(
      [0, 1, 1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11].sort(),
    );
    expect(second.getResult()?.run).toContain('12, results-11');
  });

  it.each([{}, { scheduledTime: 'tonight' }, 'tonight'])('refuses %j by name', async (event) => {
    const { runner, calls } = prepareDurableNight(fakeWorkers());

    const execution = await runner.run({ payload: event });

    expect(execution.getError().errorMessage).toMatch(/^no night: /);
    expect(calls).toEqual([]);
  });
});
