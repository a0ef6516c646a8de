import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { findIndexedImage } from '../../../actions/index-image.ts';
import { readNight } from '../../../actions/night-objects.ts';
import { writeObject } from '../../../actions/stored-objects.ts';
import { digestOf } from '../../../core/image/digest.ts';
import { handleIndexImage } from '../../../lambda/index-image/handle.ts';
import { anEcrEvent } from '../../support/ecr-events.ts';
import { anImageOf, type FakePorts, fakePorts } from '../../support/fake-ports.ts';
import { anSqsEvent } from '../../support/sqs-events.ts';
import { startTestDynamo, type TestDynamo } from '../../support/test-dynamo.ts';

const WEB = '123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/web:v1.2.3';

let dynamo: TestDynamo;
let ports: FakePorts;
beforeAll(async () => {
  dynamo = await startTestDynamo();
});
afterAll(() => dynamo.stop());
beforeEach(async () => {
  ports = await fakePorts(dynamo);
});

describe('a batch of pushes', () => {
  it('is indexed and sent on; a bad record goes back alone', async () => {
    const image = await anImageOf({ packages: ['openssl=3.5.0-r0'] });
    ports.registry.push(WEB, image);
    const good = anEcrEvent({ detail: { 'image-digest': image.digest } });
    const missing = anEcrEvent({ detail: { 'image-digest': digestOf('missing') } });

    const response = await handleIndexImage(ports)(
      anSqsEvent({
        malformed: '<html>',
        missing,
        good,
        child: anEcrEvent({ detail: { 'image-tag': '' } }),
      }),
    );

    expect(response).toEqual({
      batchItemFailures: [{ itemIdentifier: 'malformed' }, { itemIdentifier: 'missing' }],
    });
    expect(await findIndexedImage(ports.objects, image.digest)).toBeDefined();
    expect(ports.queued).toMatchObject([
      { repository: 'team/web', tag: 'v1.2.3', digest: image.digest },
    ]);
  });

  it('that comes twice is indexed once and sent on twice: assessing does nothing twice', async () => {
    const image = await anImageOf({});
    ports.registry.push(WEB, image);
    const body = anEcrEvent({ detail: { 'image-digest': image.digest } });
    await handleIndexImage(ports)(anSqsEvent({ a: body, b: body }));
    expect(ports.registry.calls.filter((call) => call.startsWith('manifest'))).toHaveLength(1);
    expect(ports.queued).toHaveLength(2);
  });
});

describe('a list of the hour', () => {
  it('is indexed; what cannot be read is an answer, not an error', async () => {
    const image = await anImageOf({});
    ports.registry.push(WEB, image);
    const images = [digestOf('missing'), image.digest].map((digest) => ({
      reference: WEB,
      digest,
    }));

    expect(await handleIndexImage(ports)({ images })).toMatchObject({
      failures: [{ digest: digestOf('missing'), error: 'ImageNotFoundError' }],
    });
    expect(await findIndexedImage(ports.objects, image.digest)).toBeDefined();
    expect(ports.queued).toEqual([]);
  });

  it('refuses what is no list of images', async () => {
    const handle = handleIndexImage(ports);
    await expect(handle({ images: [] })).rejects.toThrow();
    await expect(handle({ images: [{ reference: WEB, digest: 'latest' }] })).rejects.toThrow();
  });
});

describe('a batch of the night', () => {
  const runId = '2026-11-21T02:00:00.000Z';

  it('is indexed; what cannot be read is an answer, not an error', async () => {
    const image = await anImageOf({});
    ports.registry.push(WEB, image);
    const plan = await writeObject(ports.objects, 'night-plan/1', 'plan', {
      channels: [],
      images: [
        { reference: WEB, digest: digestOf('missing') },
        { reference: WEB, digest: image.digest },
      ],
    });

    const output = await handleIndexImage(ports)({ runId, plan, batch: 0 });

    if (!('results' in output)) throw new Error('a batch of pushes');
    expect(await readNight(ports.objects, 'results', output.results)).toMatchObject([
      { reference: WEB, digest: digestOf('missing'), error: 'ImageNotFoundError' },
    ]);
    expect(await findIndexedImage(ports.objects, image.digest)).toBeDefined();
  });

  it('fails when our own store does: the step is tried again', async () => {
    const plan = await writeObject(ports.objects, 'night-plan/1', 'plan', {
      channels: [],
      images: [{ reference: WEB, digest: digestOf('a') }],
    });
    const broken = {
      ...ports,
      images: {
        ...ports.images,
        manifest: async () => {
          throw new Error('the store is down');
        },
      },
    };
    await expect(handleIndexImage(broken)({ runId, plan, batch: 0 })).rejects.toThrow('down');
  });

  it('refuses what is no batch', async () => {
    await expect(async () =>
      handleIndexImage(ports)({ runId: 'tonight', plan: '', batch: -1 }),
    ).rejects.toThrow();
  });
});
