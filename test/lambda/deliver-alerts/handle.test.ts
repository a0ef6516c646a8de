import { afterAll, beforeAll, expect, it } from 'vitest';
import { handleDeliverAlerts } from '../../../lambda/deliver-alerts/handle.ts';
import { fakePorts } from '../../support/fake-ports.ts';
import { aHead, anAlert } from '../../support/state-builders.ts';
import { startTestDynamo, type TestDynamo } from '../../support/test-dynamo.ts';

let dynamo: TestDynamo;
beforeAll(async () => {
  dynamo = await startTestDynamo();
});
afterAll(() => dynamo.stop());

it('sweeps what is pending, and says how much', async () => {
  const ports = await fakePorts(dynamo);
  await ports.state.commitHead(aHead({ pending: [anAlert()] }));
  const sweep = handleDeliverAlerts(ports);
  expect(await sweep()).toEqual({ delivered: 1, failed: 0, unsubscribed: 0 });
  expect(await sweep()).toEqual({ delivered: 0, failed: 0, unsubscribed: 0 });
  expect(ports.told).toEqual([anAlert()]);
});

it('counts the topics that nobody listens to, and delivers though that fails', async () => {
  const ports = await fakePorts(dynamo);
  ports.unsubscribed.push('people');
  expect(await handleDeliverAlerts(ports)()).toMatchObject({ unsubscribed: 1 });

  await ports.state.commitHead(aHead({ pending: [anAlert()] }));
  const failing = { missing: () => Promise.reject(new Error('throttled')) };
  expect(await handleDeliverAlerts({ ...ports, subscriptions: failing })()).toEqual({
    delivered: 1,
    failed: 0,
    unsubscribed: null,
  });
  expect(ports.warnings).toEqual(['nobody has subscribed', 'subscriptions not counted']);
});
