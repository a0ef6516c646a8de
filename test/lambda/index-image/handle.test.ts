import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { findIndexedImage } from '../../../actions/index-image.ts';
import { readNight } from '../../../actions/night-objects.ts';
import { writeObject } from '../../../actions/stored-objects.ts';
import { digestOf } from '../../../core/image/digest.ts';
import { MEDIA_TYPES } from '../../../core/image/manifest.ts';
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

    const response = await handleIndexImage(ports)(
      anSqsEvent({
        malformed: '<html>',
        good,
        child: anEcrEvent({ detail: { 'image-tag': '' } }),
      }),
    );

    expect(response).toEqual({
      batchItemFailures: [{ itemIdentifier: 'malformed' }],
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

describe('a push that its registry does not let us read now', () => {
  const body = anEcrEvent();

  it('comes again later, after ever longer waits, and is a failure when patience ends', async () => {
    ports.registry.unreachable.add('123456789012.dkr.ecr.eu-west-1.amazonaws.com');
    let message = { body, attempt: 0 };
    const waits: number[] = [];
    for (;;) {
      const { batchItemFailures } = await handleIndexImage(ports)(anAttempt(message));
      const again = ports.putOff.pop();
      if (!again) {
        expect(batchItemFailures).toHaveLength(1);
        break;
      }
      expect(batchItemFailures).toEqual([]);
      waits.push(again.seconds);
      message = again;
    }

    expect(waits.slice(0, 6)).toEqual([60, 120, 240, 480, 900, 900]);
    expect(waits).toHaveLength(23);
    expect(message.body).toBe(body);
  });

  it('is let go when its image is gone for good', async () => {
    const handle = handleIndexImage(ports);
    await handle(anAttempt({ body, attempt: 0 }));
    await handle(anAttempt({ body, attempt: 1 }));
    const last = await handle(anAttempt({ body, attempt: 2 }));

    expect(last).toEqual({ batchItemFailures: [] });
    expect(ports.putOff.map(({ attempt }) => attempt)).toEqual([1, 2]);
    expect(ports.warnings).toContain('pushed image is gone');
  });

  it('begins anew when its message counts what is no number', async () => {
    await handleIndexImage(ports)(anAttempt({ body, attempt: Number.NaN }));
    expect(ports.putOff).toMatchObject([{ attempt: 1 }]);
  });
});

describe('a push of what is no image', () => {
  const artifact = new TextEncoder().encode('{"schemaVersion":2}');
  const digest = digestOf(artifact);
  const body = anEcrEvent({ detail: { 'image-digest': digest } });
  beforeEach(() => {
    const { manifest } = ports.registry;
    ports.registry.manifest = async (reference, asked) => {
      const known = await manifest(reference, asked).catch(() => undefined);
      return known ?? { mediaType: MEDIA_TYPES.ociManifest, bytes: artifact };
    };
  });

  it('is written down, and neither fails, comes again nor is sent on', async () => {
    expect(await handleIndexImage(ports)(anSqsEvent({ body }))).toEqual({ batchItemFailures: [] });

    expect(ports.putOff).toEqual([]);
    expect(ports.queued).toEqual([]);
    expect(ports.warnings).toEqual(['pushed image cannot be read']);
  });

  it('is told by the night from what was written, without asking the registry', async () => {
    await handleIndexImage(ports)(anSqsEvent({ body }));
    ports.registry.calls.length = 0;
    const plan = await writeObject(ports.objects, 'night-plan/1', 'plan', {
      channels: [],
      images: [{ reference: WEB, digest }],
    });

    const output = await handleIndexImage(ports)({
      runId: '2026-11-21T02:00:00.000Z',
      plan,
      batch: 0,
    });

    if (!('results' in output)) throw new Error('a batch of pushes');
    expect(await readNight(ports.objects, 'results', output.results)).toMatchObject({
      failures: [{ reference: WEB, digest, error: 'MalformedManifestError' }],
    });
    expect(ports.registry.calls).toEqual([]);
  });
});

/** A message that was put off so often before. */
function anAttempt({ body, attempt }: { readonly body: string; readonly attempt: number }) {
  const event = anSqsEvent({ body });
  const [record] = event.Records;
  if (record && attempt !== 0) {
    record.messageAttributes = { attempt: { dataType: 'Number', stringValue: String(attempt) } };
  }
  return event;
}

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
    expect(await readNight(ports.objects, 'results', output.results)).toMatchObject({
      failures: [{ reference: WEB, digest: digestOf('missing'), error: 'ImageNotFoundError' }],
    });
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
