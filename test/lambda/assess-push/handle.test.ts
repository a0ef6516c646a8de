import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { indexImage } from '../../../actions/index-image.ts';
import { digestOf } from '../../../core/image/digest.ts';
import { parseReference } from '../../../core/image/reference.ts';
import { channelOf } from '../../../core/lineage/channel.ts';
import { handleAssessPush } from '../../../lambda/assess-push/handle.ts';
import { handleDeliverAlerts } from '../../../lambda/deliver-alerts/handle.ts';
import {
  anImageOf,
  deploy,
  type FakePorts,
  fakePorts,
  type ImageSpec,
  playNight,
} from '../../support/fake-ports.ts';
import { anSqsEvent } from '../../support/sqs-events.ts';
import { startTestDynamo, type TestDynamo } from '../../support/test-dynamo.ts';

const WEB = '123456789012.dkr.ecr.eu-west-1.amazonaws.com/web:latest';

let dynamo: TestDynamo;
let ports: FakePorts;
beforeAll(async () => {
  dynamo = await startTestDynamo();
});
afterAll(() => dynamo.stop());
beforeEach(async () => {
  ports = await fakePorts(dynamo);
});

/** A message as the indexing function sends it on. */
async function pushed(spec: ImageSpec) {
  const image = await anImageOf(spec);
  ports.registry.push(WEB, image);
  const { digest } = image;
  const { registry, repository, tag } = parseReference(WEB);
  await indexImage(ports, { reference: parseReference(WEB), digest });
  return { registry, repository, tag, digest, pushedAt: '2026-11-21T10:00:00.000Z' };
}

async function begin(): Promise<void> {
  await pushed({});
  await deploy(ports, 'ecs/prod/web', WEB);
  await playNight(ports, '2026-11-21T02:00:00.000Z');
  ports.told.length = 0;
}

it('assesses what it can and tells it; the rest goes back', async () => {
  await begin();
  const good = await pushed({ shell: true });

  const response = await handleAssessPush(ports)(
    anSqsEvent({
      malformed: '{',
      incomplete: { ...good, digest: undefined },
      unsafe: { ...good, digest: 'sha256:../../x' },
      good,
    }),
  );

  expect(response.batchItemFailures.map((each) => each.itemIdentifier)).toEqual([
    'malformed',
    'incomplete',
    'unsafe',
  ]);
  expect(ports.told).toMatchObject([{ kind: 'regression' }]);
});

it('sends back a push whose image is not indexed yet', async () => {
  const good = await pushed({});
  const image = await anImageOf({ root: true });
  ports.registry.push(WEB, image);
  const response = await handleAssessPush(ports)(
    anSqsEvent({ early: { ...good, digest: image.digest }, older: good }),
  );
  expect(response).toEqual({ batchItemFailures: [{ itemIdentifier: 'early' }] });
});

it('is done with a push although it cannot be told: the sweep tells it', async () => {
  await begin();
  const push = await pushed({ shell: true });
  ports.topicFailure = () => new Error('throttled');

  expect(await handleAssessPush(ports)(anSqsEvent({ push }))).toEqual({ batchItemFailures: [] });
  expect((await ports.state.head(channelOf(parseReference(WEB))))?.pending).toHaveLength(1);
  expect(await handleDeliverAlerts(ports)()).toMatchObject({ delivered: 0, failed: 1 });

  ports.topicFailure = () => undefined;
  expect(await handleDeliverAlerts(ports)()).toMatchObject({ delivered: 1, failed: 0 });
  expect(ports.told).toHaveLength(1);
});

it('tells what an earlier try committed and could not tell any more', async () => {
  await begin();
  const push = await pushed({ shell: true });
  const { state } = ports;
  let calls = 0;
  const dying = {
    ...ports,
    state: {
      ...state,
      isDelivered: async (...asked: Parameters<typeof state.isDelivered>) => {
        if (calls++ === 0) throw new Error('crashed');
        return state.isDelivered(...asked);
      },
    },
  };
  await handleAssessPush(dying)(anSqsEvent({ push }));
  expect(ports.told).toEqual([]);

  await handleAssessPush(ports)(anSqsEvent({ push }));
  expect(ports.told).toHaveLength(1);
});

it('does not trust a digest that it was only told of', async () => {
  const push = await pushed({});
  const response = await handleAssessPush(ports)(
    anSqsEvent({ lie: { ...push, digest: digestOf('a lie') } }),
  );
  expect(response, 'the registry says otherwise').toEqual({ batchItemFailures: [] });
  expect(await ports.state.heads()).toEqual([]);
});
