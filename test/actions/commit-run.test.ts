import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { commitRun, PointerContendedError } from '../../actions/commit-run.ts';
import { runKeys } from '../../core/run/run.ts';
import { type FakePorts, fakePorts } from '../support/fake-ports.ts';
import { startTestDynamo, type TestDynamo } from '../support/test-dynamo.ts';

const FIRST = '2026-11-21T02:00:00.000Z';
const SECOND = '2026-11-22T02:00:00.000Z';

let dynamo: TestDynamo;
let ports: FakePorts;
beforeAll(async () => {
  dynamo = await startTestDynamo();
});
afterAll(() => dynamo.stop());
beforeEach(async () => {
  ports = await fakePorts(dynamo);
});

/** A night that was compared with the one before it. */
function written(runId: string, base: string | null) {
  const pending = [alertsOf(runId), quietOf(runId)];
  return { runId, run: runKeys.run(runId), base, pending, status: 'complete' as const, held: 0 };
}

function alertsOf(runId: string): string {
  return runKeys.part(runId, 'alerts', 'hash');
}

function quietOf(runId: string): string {
  return runKeys.part(runId, 'quiet', 'hash');
}

function commit(runId: string, base: string | null) {
  return commitRun(ports)(written(runId, base));
}

it('moves the pointer, and its alerts are pending in that write', async () => {
  expect(await commit(FIRST, null)).toEqual({ committed: true });
  expect(await ports.state.runPointer()).toEqual({
    revision: 1,
    runId: FIRST,
    run: runKeys.run(FIRST),
    pending: [alertsOf(FIRST), quietOf(FIRST)],
  });
});

it('keeps what the night before has not told yet', async () => {
  await commit(FIRST, null);
  await commit(SECOND, FIRST);
  expect(await ports.state.runPointer()).toMatchObject({
    runId: SECOND,
    pending: [alertsOf(FIRST), quietOf(FIRST), alertsOf(SECOND), quietOf(SECOND)],
  });
});

it('is done already when it is replayed, and does not tell again', async () => {
  await commit(FIRST, null);
  const pointer = await ports.state.runPointer();
  if (pointer) await ports.state.commitRunPointer({ ...pointer, revision: 2, pending: [] });

  expect(await commit(FIRST, null)).toEqual({ committed: true });
  expect(await ports.state.runPointer()).toMatchObject({ revision: 2, pending: [] });
});

it('refuses a night that was compared with what is no longer the last night', async () => {
  await commit(FIRST, null);

  expect(await commit(SECOND, null)).toEqual({ committed: false });
  expect(await commit('2026-11-20T02:00:00.000Z', null)).toEqual({ committed: false });
  expect(await ports.state.runPointer()).toMatchObject({ runId: FIRST });
});

it('tries again when a sweep wrote in between, and gives up by name', async () => {
  let rivals = 3;
  const { state } = ports;
  const busy = {
    ...ports,
    state: {
      ...state,
      commitRunPointer: async (pointer: Parameters<typeof state.commitRunPointer>[0]) =>
        rivals-- > 0 ? false : state.commitRunPointer(pointer),
    },
  };
  const input = written(FIRST, null);
  expect(await commitRun(busy)(input)).toEqual({ committed: true });

  rivals = Number.POSITIVE_INFINITY;
  await expect(commitRun(busy)(written(SECOND, FIRST))).rejects.toThrow(PointerContendedError);
});
