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

function commit(runId: string) {
  return commitRun(ports)({ runId, run: runKeys.run(runId) });
}

it('moves the pointer, and its alerts are pending in that write', async () => {
  expect(await commit(FIRST)).toEqual({ committed: true });
  expect(await ports.state.runPointer()).toEqual({
    revision: 1,
    runId: FIRST,
    run: runKeys.run(FIRST),
    pending: [runKeys.alerts(FIRST)],
  });
});

it('keeps what the night before has not told yet', async () => {
  await commit(FIRST);
  await commit(SECOND);
  expect(await ports.state.runPointer()).toMatchObject({
    runId: SECOND,
    pending: [runKeys.alerts(FIRST), runKeys.alerts(SECOND)],
  });
});

it('is done already when it is replayed, and does not tell again', async () => {
  await commit(FIRST);
  const pointer = await ports.state.runPointer();
  if (pointer) await ports.state.commitRunPointer({ ...pointer, revision: 2, pending: [] });

  expect(await commit(FIRST)).toEqual({ committed: true });
  expect(await ports.state.runPointer()).toMatchObject({ revision: 2, pending: [] });
});

it('refuses a night that is older than the current one', async () => {
  await commit(SECOND);
  expect(await commit(FIRST)).toEqual({ committed: false });
  expect(await ports.state.runPointer()).toMatchObject({ runId: SECOND });
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
  const input = { runId: FIRST, run: runKeys.run(FIRST) };
  expect(await commitRun(busy)(input)).toEqual({ committed: true });

  rivals = Number.POSITIVE_INFINITY;
  await expect(commitRun(busy)({ ...input, runId: SECOND })).rejects.toThrow(PointerContendedError);
});
