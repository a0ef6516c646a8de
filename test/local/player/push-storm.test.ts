import { SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findIndexedImage } from '../../../actions/index-image.ts';
import { createDynamoLayerLeases } from '../../../adapters/aws/dynamo-layer-leases.ts';
import { createDynamoStateStore } from '../../../adapters/aws/dynamo-state-store.ts';
import { createEcrCredentials } from '../../../adapters/aws/ecr-credentials.ts';
import { createSqsAssessQueue } from '../../../adapters/aws/sqs-assess-queue.ts';
import { createSqsPushQueue } from '../../../adapters/aws/sqs-push-queue.ts';
import { createRegistry } from '../../../adapters/registry/create-registry.ts';
import { createTransferCounters } from '../../../adapters/registry/transfer-counters.ts';
import { digestOf } from '../../../core/image/digest.ts';
import { MEDIA_TYPES } from '../../../core/image/manifest.ts';
import { handleAssessPush } from '../../../lambda/assess-push/handle.ts';
import { handleIndexImage } from '../../../lambda/index-image/handle.ts';
import { drainQueue } from '../../../local/cloud/event-source-mapping.ts';
import { takeBodies } from '../../../local/cloud/sqs-batches.ts';
import { type EmbeddedMessaging, startMessaging } from '../../../local/cloud/start-messaging.ts';
import { type EmbeddedRegistry, startRegistry } from '../../../local/registry/start-registry.ts';
import { type BuiltImage, buildImage } from '../../../local/world/build-image.ts';
import { PlatformSpec } from '../../../local/world/platform-spec.ts';
import { anEcrEvent } from '../../support/ecr-events.ts';
import { fakePortsOver } from '../../support/fake-ports.ts';
import { createMemoryObjectStore } from '../../support/memory-object-store.ts';
import { startTestDynamo, type TestDynamo } from '../../support/test-dynamo.ts';

const HOST = '123456789012.dkr.ecr.eu-west-1.amazonaws.com';
const REPOSITORIES = 30;
const VERSIONS = 10;
const FUNCTIONS = 4;
const PLATFORMS = ['linux/amd64', 'linux/arm64'];

const clock = { now: () => new Date() };
const built: { repository: string; version: number; image: BuiltImage }[] = [];

let dynamo: TestDynamo;
let registry: EmbeddedRegistry;
beforeAll(async () => {
  [dynamo, registry] = await Promise.all([startTestDynamo(), startRegistry({ clock })]);
  await pushAll();
});
afterAll(() => Promise.all([dynamo.stop(), registry.close()]));

/** 300 images on one base, two platforms each; `latest` goes with every version. */
async function pushAll(): Promise<void> {
  const base = await imageOf({
    osRelease: { ID: 'wolfi', VERSION_ID: '20230201' },
    apk: ['glibc=2.43-r2'],
  });
  for (let n = 0; n < REPOSITORIES * VERSIONS; n++) {
    const [repository, version] = [`team/app-${n % REPOSITORIES}`, Math.floor(n / REPOSITORIES)];
    const image = await imageOf({ files: { 'app/mark': String(n) } }, base);
    built.push({ repository, version, image });
    for (const bytes of image.blobs.values()) await registry.putBlob(HOST, repository, bytes);
    for (const { bytes, mediaType, digest } of image.manifests) {
      const tags = digest === image.digest ? [`v1.0.${version}`, 'latest'] : [null];
      for (const tag of tags) {
        await registry.putManifest(HOST, repository, tag, bytes, mediaType);
      }
    }
  }
}

function imageOf(layer: object, base?: BuiltImage): Promise<BuiltImage> {
  const platform = PlatformSpec.parse({
    ...(base && { base: 'r.test/base:latest' }),
    layers: [{ ...layer, compression: 'none' }],
    config: { User: '65532' },
  });
  return buildImage(Object.fromEntries(PLATFORMS.map((name) => [name, platform])), () => base);
}

/** What ECR announces of one image: two tags, two children, an attestation, and a signature's tag. */
function eventsOf({ repository, version, image }: (typeof built)[number]): string[] {
  const time = new Date(Date.UTC(2026, 10, 21, 10, version)).toISOString();
  const event = (tag: string, digest: string, types: object) =>
    anEcrEvent({
      time,
      detail: {
        'repository-name': repository,
        'image-tag': tag,
        'image-digest': digest,
        'artifact-media-type': undefined,
        ...types,
      },
    });
  const index = { 'manifest-media-type': MEDIA_TYPES.ociIndex };
  const manifest = { 'artifact-media-type': MEDIA_TYPES.ociConfig };
  return [
    event(`v1.0.${version}`, image.digest, index),
    event('latest', image.digest, index),
    ...image.platforms.map(({ manifest: { digest } }) => event('', digest, manifest)),
    event('', digestOf(`attestation of ${image.digest}`), manifest),
    event(image.digest.replace(':', '-').concat('.sig'), digestOf(image.digest), manifest),
  ];
}

/** A made-up order that is the same for the same seed. */
function shuffled<Item>(items: readonly Item[], seed: number): Item[] {
  return items
    .map((item, index) => ({ item, at: digestOf(`${seed} ${index}`) }))
    .sort((a, b) => (a.at < b.at ? -1 : 1))
    .map(({ item }) => item);
}

/** Lets several functions at once take every event of a storm, and assesses what they send on. */
async function play(seed: number) {
  const messaging = await startMessaging();
  try {
    const events = built.flatMap(eventsOf);
    const doubled = events.filter((_, index) => index % 7 === seed % 7);
    await sendAll(messaging, shuffled([...events, ...doubled], seed));
    const late = events.filter((_, index) => index % 50 === 0);

    const { objects, state, layers, drain } = await startFunctions(messaging);
    await drain();
    await sendAll(messaging, late);
    await drain();

    const deadLetters = [
      ...(await takeBodies(messaging.sqs, messaging.pushes.deadLetters.url)),
      ...(await takeBodies(messaging.sqs, messaging.assess.deadLetters.url)),
    ];
    const heads = (await state.heads()).map(({ channel, reference, imageDigest }) => [
      channel,
      reference,
      imageDigest,
    ]);
    const indexed = await Promise.all(
      built.map(({ image }) => findIndexedImage(objects, image.digest)),
    );
    return { sent: events.length, deadLetters, heads, indexed, layerRequests: layers() };
  } finally {
    await messaging.stop();
  }
}

async function sendAll({ sqs, pushes }: EmbeddedMessaging, bodies: readonly string[]) {
  for (let start = 0; start < bodies.length; start += 10) {
    const Entries = bodies.slice(start, start + 10).map((body, index) => ({
      Id: String(index),
      MessageBody: body,
    }));
    await sqs.send(new SendMessageBatchCommand({ QueueUrl: pushes.url, Entries }));
  }
}

async function startFunctions({ sqs, pushes, assess }: EmbeddedMessaging) {
  const tableName = await dynamo.newTable();
  const objects = createMemoryObjectStore();
  const counters = createTransferCounters();
  const state = createDynamoStateStore({ client: dynamo.client, tableName });
  const openRegistry = () =>
    createRegistry({
      endpoints: { [HOST]: registry.endpointFor(HOST) },
      credentialsFor: createEcrCredentials({
        authorizationToken: async () => registry.ecrAuthorizationToken,
        clock,
      }),
      counters,
    });
  const functions = Array.from({ length: FUNCTIONS }, (_, each) => {
    const images = openRegistry();
    const ports = { ...fakePortsOver(state), objects, images, registry: images };
    const client = dynamo.client;
    const sleep = () => new Promise<void>((resolve) => setTimeout(resolve, 100));
    return {
      'index-image': handleIndexImage({
        ...ports,
        leases: createDynamoLayerLeases({ client, tableName, holder: `f-${each}`, clock, sleep }),
        assessQueue: createSqsAssessQueue({ client: sqs, queueUrl: assess.url }),
        pushQueue: createSqsPushQueue({ client: sqs, queueUrl: pushes.url }),
      }),
      'assess-push': handleAssessPush(ports),
    };
  });
  const drainBy = (name: 'index-image' | 'assess-push', queue: typeof pushes) =>
    Promise.all(
      functions.map((each) => {
        const handler = each[name] as Parameters<typeof drainQueue>[0]['handler'];
        return drainQueue({ sqs, queue, functionName: name, handler, batchSize: 5, clock });
      }),
    );
  return {
    objects,
    state,
    layers: () => counters.of('layer').requests,
    async drain(): Promise<void> {
      await drainBy('index-image', pushes);
      await drainBy('assess-push', assess);
    },
  };
}

describe('a storm of pushes, shuffled and doubled, taken by several functions at once', () => {
  it('reads each layer once, leaves nothing, and ends the same in whatever order', async () => {
    const one = await play(1);
    const two = await play(2);

    const layers = new Set(
      built.flatMap(({ image }) =>
        image.platforms.flatMap((each) => each.layers.map(({ descriptor }) => descriptor.digest)),
      ),
    );
    expect(one.sent).toBeGreaterThan(1500);
    expect(one.layerRequests).toBe(layers.size);
    expect(two.layerRequests).toBe(layers.size);
    expect(one.deadLetters).toEqual([]);
    expect(one.indexed).not.toContain(undefined);
    expect(one.heads).toEqual(two.heads);
    const expected = built
      .filter(({ version }) => version === VERSIONS - 1)
      .flatMap(({ repository, version, image: { digest } }) => [
        [`${HOST}/${repository}|`, `${HOST}/${repository}:v1.0.${version}`, digest],
        [`${HOST}/${repository}|latest`, `${HOST}/${repository}:latest`, digest],
      ]);
    expect(one.heads).toEqual(expected.sort(([a = ''], [b = '']) => (a < b ? -1 : 1)));
  });
});
