import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { deliverAlerts, deliverHead } from '../../actions/deliver-alerts.ts';
import { RUN_FORMATS } from '../../actions/read-run.ts';
import { writeObject } from '../../actions/stored-objects.ts';
import { type FakePorts, fakePorts } from '../support/fake-ports.ts';
import { aHead, aNotice, anAlert, aRunPointer } from '../support/state-builders.ts';
import { startTestDynamo, type TestDynamo } from '../support/test-dynamo.ts';

const CHANNEL = aHead().channel;

let dynamo: TestDynamo;
let ports: FakePorts;
beforeAll(async () => {
  dynamo = await startTestDynamo();
});
afterAll(() => dynamo.stop());
beforeEach(async () => {
  ports = await fakePorts(dynamo);
});

function told(): string[] {
  return ports.told.map(({ alertId }) => alertId);
}

function toldPeople(): string[] {
  return ports.toldPeople.map(({ alertId }) => alertId);
}

function pendingOf(...ids: string[]) {
  return ids.map((alertId) => anAlert({ alertId }));
}

it('delivers what heads and runs have pending, and nothing twice', async () => {
  const key = await writeObject(ports.objects, RUN_FORMATS.alerts, 'runs/1/alerts.json', [
    anAlert({ alertId: 'night' }),
    anAlert({ alertId: 'both' }),
  ]);
  await ports.state.commitHead(aHead({ pending: pendingOf('push', 'both') }));
  await ports.state.commitRunPointer(aRunPointer({ pending: [key] }));

  expect(await deliverAlerts(ports)).toEqual({ delivered: 3, failed: 0 });
  expect(await deliverAlerts(ports)).toEqual({ delivered: 0, failed: 0 });

  expect(told()).toEqual(['push', 'both', 'night']);
  // By day there is no report that tells of it yet.
  expect([...ports.reported]).toEqual([['night', 'https://reports.test/1']]);
  expect(await ports.state.pendingHeads()).toEqual([]);
  expect(await ports.state.runPointer()).toMatchObject({ pending: [] });
});

it('tells again, under the same id, what it told before it crashed', async () => {
  await ports.state.commitHead(aHead({ pending: pendingOf('a', 'b') }));
  const crashing = {
    ...ports,
    state: {
      ...ports.state,
      markDelivered: async () => {
        throw new Error('crashed');
      },
    },
  };
  await deliverAlerts(crashing);
  expect(told()).toEqual(['a', 'b']);

  await deliverAlerts(ports);

  expect(told()).toEqual(['a', 'b', 'a', 'b']);
  expect(await ports.state.pendingHeads()).toEqual([]);
});

it('keeps pending what the topic refuses, and tells the rest', async () => {
  await ports.state.commitHead(aHead({ pending: pendingOf('a', 'b', 'c') }));
  ports.topicFailure = ({ alertId }) => (alertId === 'b' ? new Error('throttled') : undefined);

  expect(await deliverAlerts(ports)).toEqual({ delivered: 2, failed: 1 });
  expect((await ports.state.head(CHANNEL))?.pending).toEqual(pendingOf('b'));

  ports.topicFailure = () => undefined;
  expect(await deliverAlerts(ports)).toEqual({ delivered: 1, failed: 0 });
  expect(told()).toEqual(['a', 'c', 'b']);
});

it('keeps a night pending until the last of its alerts is told', async () => {
  const { objects, state } = ports;
  const key = await writeObject(objects, RUN_FORMATS.alerts, 'alerts', pendingOf('a', 'b'));
  await state.commitRunPointer(aRunPointer({ pending: [key] }));
  ports.topicFailure = ({ alertId }) => (alertId === 'a' ? new Error('down') : undefined);

  expect(await deliverAlerts(ports)).toEqual({ delivered: 1, failed: 1 });
  expect(await state.runPointer()).toMatchObject({ pending: [key] });

  ports.topicFailure = () => undefined;
  await deliverAlerts(ports);
  expect(told()).toEqual(['b', 'a']);
  expect(await state.runPointer()).toMatchObject({ pending: [] });
});

it('loses nothing when a push writes the head while it delivers', async () => {
  const head = aHead({ pending: pendingOf('a') });
  await ports.state.commitHead(head);
  let isFirst = true;
  ports.topicFailure = () => {
    if (isFirst) {
      isFirst = false;
      pushed = ports.state.commitHead({
        ...head,
        version: 2,
        revision: 2,
        pending: pendingOf('a', 'b'),
      });
    }
    return undefined;
  };
  let pushed: Promise<boolean> | undefined;
  const slow = {
    ...ports,
    state: {
      ...ports.state,
      commitHead: async (each: typeof head) => {
        await pushed;
        return ports.state.commitHead(each);
      },
    },
  };

  await deliverHead(slow, CHANNEL);
  expect(await ports.state.head(CHANNEL)).toMatchObject({ version: 2 });
  await deliverAlerts(ports);

  expect(told()).toEqual(['a', 'b']);
  expect(await ports.state.head(CHANNEL)).toMatchObject({ version: 2, pending: [] });
});

it('loses nothing when a night is committed while it delivers', async () => {
  const { objects, state } = ports;
  const first = await writeObject(objects, RUN_FORMATS.alerts, 'first', pendingOf('a'));
  const second = await writeObject(objects, RUN_FORMATS.alerts, 'second', pendingOf('b'));
  await state.commitRunPointer(aRunPointer({ pending: [first] }));
  const slow = {
    ...ports,
    state: {
      ...state,
      commitRunPointer: async (pointer: Parameters<typeof state.commitRunPointer>[0]) => {
        await state.commitRunPointer(
          aRunPointer({ revision: 2, runId: 'later', pending: [first, second] }),
        );
        return state.commitRunPointer(pointer);
      },
    },
  };

  await deliverAlerts(slow);
  expect(await state.runPointer()).toMatchObject({ runId: 'later', pending: [first, second] });
  await deliverAlerts(ports);

  expect(told()).toEqual(['a', 'b']);
});

it('has nothing to do before there is anything', async () => {
  expect(await deliverAlerts(ports)).toEqual({ delivered: 0, failed: 0 });
  expect(await deliverHead(ports, CHANNEL)).toEqual({ delivered: 0, failed: 0 });
});

describe('with two audiences', () => {
  it.each(['machines', 'people'] as const)(
    'a failure of the topic of %s neither doubles nor loses anything on the other',
    async (audience) => {
      await ports.state.commitHead(aHead({ pending: pendingOf('a', 'b') }));
      const down = ({ alertId }: { readonly alertId: string }) =>
        alertId === 'a' ? new Error('down') : undefined;
      if (audience === 'machines') ports.topicFailure = down;
      else ports.peopleFailure = down;

      expect(await deliverAlerts(ports)).toEqual({ delivered: 1, failed: 1 });
      expect(await deliverAlerts(ports)).toEqual({ delivered: 0, failed: 1 });
      expect((await ports.state.head(CHANNEL))?.pending).toEqual(pendingOf('a'));
      const [failing, healthy] = audience === 'machines' ? [told, toldPeople] : [toldPeople, told];
      expect(failing()).toEqual(['b']);
      expect(healthy()).toEqual(['a', 'b']);

      ports.topicFailure = () => undefined;
      ports.peopleFailure = () => undefined;
      expect(await deliverAlerts(ports)).toEqual({ delivered: 1, failed: 0 });
      expect(failing()).toEqual(['b', 'a']);
      expect(healthy()).toEqual(['a', 'b']);
      expect(await ports.state.pendingHeads()).toEqual([]);
    },
  );

  it('a quiet night is told to people alone, once, and pending until they have it', async () => {
    const { objects, state } = ports;
    const key = await writeObject(objects, RUN_FORMATS.alerts, 'quiet', [aNotice()]);
    await state.commitRunPointer(aRunPointer({ pending: [key] }));
    ports.peopleFailure = () => new Error('down');
    expect(await deliverAlerts(ports)).toEqual({ delivered: 0, failed: 1 });
    expect(await state.runPointer()).toMatchObject({ pending: [key] });

    ports.peopleFailure = () => undefined;
    expect(await deliverAlerts(ports)).toEqual({ delivered: 1, failed: 0 });
    expect(await deliverAlerts(ports)).toEqual({ delivered: 0, failed: 0 });

    expect(ports.toldPeople).toEqual([aNotice()]);
    expect(ports.told).toEqual([]);
    expect(await state.runPointer()).toMatchObject({ pending: [] });
  });
});
