import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createEcrCredentials } from '../../../adapters/aws/ecr-credentials.ts';
import {
  createRegistry,
  type RegistryOptions,
} from '../../../adapters/registry/create-registry.ts';
import { createTransferCounters } from '../../../adapters/registry/transfer-counters.ts';
import { digestOf } from '../../../core/image/digest.ts';
import {
  AccessDeniedError,
  DigestMismatchError,
  ImageNotFoundError,
  RateLimitedError,
  RegistryUnavailableError,
  TooLargeError,
} from '../../../core/image/errors.ts';
import { MEDIA_TYPES } from '../../../core/image/manifest.ts';
import type { ImageReference } from '../../../core/image/reference.ts';
import type { RegistryFaultError } from '../../../local/registry/registry-faults.ts';
import { type EmbeddedRegistry, startRegistry } from '../../../local/registry/start-registry.ts';
import {
  anImage,
  type BuiltImage,
  bytesOf,
  descriptorOf,
  pushImage,
} from '../../support/registry-images.ts';

const python: ImageReference = {
  registry: 'cgr.dev',
  repository: 'chainguard/python',
  tag: 'latest',
};
const ECR = '123456789012.dkr.ecr.eu-west-1.amazonaws.com';

let time: number;
const clock = { now: () => new Date(time) };
let afterCall: (call: string) => void | Promise<void>;
let embedded: EmbeddedRegistry;
let image: BuiltImage;
let waits: number[];

beforeEach(async () => {
  time = Date.parse('2026-05-01T00:00:00Z');
  waits = [];
  afterCall = () => undefined;
  embedded = await startRegistry({ clock, afterCall: (call) => afterCall(call) });
  image = await anImage();
});
afterEach(() => embedded.close());

function open(options: RegistryOptions = {}) {
  return createRegistry({
    endpoints: Object.fromEntries(
      ['cgr.dev', 'example.com', ECR].map((host) => [host, embedded.endpointFor(host)]),
    ),
    clock,
    sleep: async (milliseconds) => void waits.push(milliseconds),
    random: () => 0,
    ...options,
  });
}

describe('pulling', () => {
  it('gives manifest, config and layer of an anonymous registry', async () => {
    await pushImage(embedded, python, image);
    const registry = open();

    expect(await registry.resolve(python)).toEqual({
      digest: image.digest,
      mediaType: MEDIA_TYPES.ociManifest,
    });
    const manifest = await registry.manifest(python, image.digest);
    expect(Buffer.from(manifest.bytes)).toEqual(Buffer.from(image.manifest));
    expect(manifest.mediaType).toBe(MEDIA_TYPES.ociManifest);
    expect(Buffer.from(await registry.blob(python, image.configDescriptor))).toEqual(
      Buffer.from(image.config),
    );
    const capture = await registry.capture(python, image.layerDescriptor, image.diffId);
    expect(capture.files).toEqual({ 'etc/os-release': btoa('ID=wolfi\n') });
  });

  it("gives ECR's images to who has its token", async () => {
    const app = { registry: ECR, repository: 'app', tag: 'v1' };
    await pushImage(embedded, app, image);
    const credentialsFor = createEcrCredentials({
      authorizationToken: async () => embedded.ecrAuthorizationToken,
      clock,
    });

    expect((await open({ credentialsFor }).resolve(app)).digest).toBe(image.digest);
    await expect(open().resolve(app)).rejects.toThrow(AccessDeniedError);
    const wrong = async () => ({ username: 'AWS', password: 'wrong' });
    await expect(open({ credentialsFor: wrong }).resolve(app)).rejects.toThrow(AccessDeniedError);
  });

  it('resolves a digest to itself', async () => {
    await pushImage(embedded, python, image);
    const { tag: _, ...byDigest } = { ...python, digest: image.digest };
    expect((await open().resolve(byDigest)).digest).toBe(image.digest);
  });

  it('counts content apart from questions about tags', async () => {
    await pushImage(embedded, python, image);
    const counters = createTransferCounters();
    const registry = open({ counters });

    await registry.resolve(python);
    await registry.tags(python);
    await registry.tagHistory(python);
    expect(counters.content()).toEqual({ requests: 0, bytes: 0 });

    await registry.manifest(python, image.digest);
    await registry.blob(python, image.configDescriptor);
    await registry.capture(python, image.layerDescriptor, image.diffId);
    expect(counters.content().bytes).toBe(
      image.manifest.byteLength + image.config.byteLength + image.layer.byteLength,
    );
    expect(counters.of('layer')).toEqual({ requests: 1, bytes: image.layer.byteLength });
  });

  it('reads a bounded number of layers at once', async () => {
    const images = await Promise.all(
      Array.from({ length: 8 }, (_, index) => anImage({ 'etc/passwd': `user${index}\n` })),
    );
    for (const each of images) await pushImage(embedded, python, each);
    const registry = open({ captures: 2 });
    await registry.resolve(python);
    let now = 0;
    let most = 0;
    afterCall = async (call) => {
      if (call !== 'registry:GET blob') return;
      now += 1;
      most = Math.max(most, now);
      await new Promise((resolve) => setTimeout(resolve, 20));
      now -= 1;
    };

    const captures = await Promise.all(
      images.map((each) => registry.capture(python, each.layerDescriptor, each.diffId)),
    );

    expect(captures.map(({ layer }) => layer)).toEqual(
      images.map(({ layerDescriptor }) => layerDescriptor.digest),
    );
    expect(most).toBe(2);
  });

  it('refuses more than its limits before it asks', async () => {
    const config = { ...image.configDescriptor, size: 9 * 1024 * 1024 };
    await expect(open().blob(python, config)).rejects.toThrow(TooLargeError);
  });

  it('refuses a manifest above 4 MiB', async () => {
    const bytes = bytesOf({
      mediaType: MEDIA_TYPES.ociIndex,
      padding: 'x'.repeat(5 * 1024 * 1024),
    });
    await embedded.putManifest(
      'cgr.dev',
      'chainguard/python',
      'latest',
      bytes,
      MEDIA_TYPES.ociIndex,
    );
    await expect(open().manifest(python, digestOf(bytes))).rejects.toThrow(TooLargeError);
  });

  it('refuses a config whose size the manifest got wrong', async () => {
    await pushImage(embedded, python, image);
    const config = { ...image.configDescriptor, size: image.configDescriptor.size - 1 };
    await expect(open().blob(python, config)).rejects.toThrow(DigestMismatchError);
  });

  it('refuses a layer that unpacks to something else', async () => {
    await pushImage(embedded, python, image);
    await expect(
      open().capture(python, image.layerDescriptor, digestOf('something else')),
    ).rejects.toThrow(DigestMismatchError);
  });
});

describe('tokens', () => {
  it('are kept until they expire', async () => {
    await pushImage(embedded, python, image);
    const counters = createTransferCounters();
    const registry = open({ counters });

    await registry.resolve(python);
    await registry.tags(python);
    await Promise.all([registry.manifest(python, image.digest), registry.tagHistory(python)]);
    expect(counters.of('token').requests).toBe(1);

    time += 400_000;
    await registry.resolve(python);
    expect(counters.of('token').requests).toBe(2);
    // Known to be asked for: no request runs into the challenge again.
    expect(counters.of('resolve').requests).toBe(3);
  });

  it('are asked for once by many at the same time', async () => {
    await pushImage(embedded, python, image);
    const counters = createTransferCounters();
    const registry = open({ counters });

    await Promise.all(Array.from({ length: 10 }, () => registry.resolve(python)));

    expect(counters.of('token').requests).toBe(1);
  });
});

describe('tags', () => {
  it('come whole and sorted over pages', async () => {
    const names = Array.from({ length: 2300 }, (_, index) => `v${index}`);
    for (const tag of names) await pushImage(embedded, { ...python, tag }, image);
    const counters = createTransferCounters();

    expect(await open({ counters }).tags(python)).toEqual([...names].sort());
    // One challenge and three pages.
    expect(counters.of('tags').requests).toBe(4);
  });

  it('of an unknown repository are an error', async () => {
    await expect(open().tags(python)).rejects.toThrow(ImageNotFoundError);
  });
});

describe('tag history', () => {
  /** Moves a tag back and forth between two images, once a minute. */
  async function moveOften(moves: number) {
    const images = [image, await anImage({ 'etc/passwd': 'root\n' })];
    for (let move = 0; move < moves; move += 1) {
      time += 60_000;
      const next = images[move % 2];
      if (next) await pushImage(embedded, python, next);
    }
    return embedded.history('cgr.dev', 'chainguard/python', 'latest');
  }

  it('has every move once, beyond a page of 1,000', async () => {
    const moves = await moveOften(2150);
    expect(moves).toHaveLength(2150);
    expect(await open().tagHistory(python)).toEqual(moves);
  });

  it('begins with the move at the time asked for', async () => {
    const moves = await moveOften(5);
    expect(await open().tagHistory(python, moves[2]?.at)).toEqual(moves.slice(2));
  });

  it('goes on where a failed attempt stopped', async () => {
    const moves = await moveOften(1200);
    embedded.setFault({ call: 'registry:GET history', skip: 1, times: 1, error: 'server' });
    const counters = createTransferCounters();
    expect(await open({ counters }).tagHistory(python)).toEqual(moves);
    // Challenge, page, failure, page, the page without news.
    expect(counters.of('history').requests).toBe(5);
  });

  it('is nothing to ask other registries for', async () => {
    const elsewhere = { ...python, registry: 'example.com' };
    await pushImage(embedded, elsewhere, image);
    const counters = createTransferCounters();
    expect(await open({ counters }).tagHistory(elsewhere)).toBeUndefined();
    expect(counters.of('history').requests).toBe(0);
  });

  it('of an unknown tag is an error, not silence', async () => {
    await expect(open().tagHistory(python)).rejects.toThrow(ImageNotFoundError);
  });
});

describe('referrers', () => {
  it('are listed by the API', async () => {
    const digest = await pushImage(embedded, python, image);
    const empty = bytesOf({});
    await embedded.putBlob('cgr.dev', 'chainguard/python', empty);
    const signature = bytesOf({
      schemaVersion: 2,
      mediaType: MEDIA_TYPES.ociManifest,
      artifactType: 'application/vnd.example.signature',
      config: descriptorOf('application/vnd.oci.empty.v1+json', empty),
      layers: [],
      subject: descriptorOf(image.mediaType, image.manifest),
    });
    await embedded.putManifest(
      'cgr.dev',
      'chainguard/python',
      null,
      signature,
      MEDIA_TYPES.ociManifest,
    );

    expect(await open().referrers(python, digest)).toEqual([
      {
        ...descriptorOf(MEDIA_TYPES.ociManifest, signature),
        artifactType: 'application/vnd.example.signature',
      },
    ]);
  });

  it('of an image that nothing refers to are none', async () => {
    const digest = await pushImage(embedded, python, image);
    expect(await open().referrers(python, digest)).toEqual([]);
  });
});

/** What each lasting fault is called; `undefined`: harmless for this call. */
type Expected = Partial<Record<RegistryFaultError, new (...args: never[]) => Error>>;

const ANY: Expected = {
  throttle: RateLimitedError,
  timeout: RegistryUnavailableError,
  'lost-response': RegistryUnavailableError,
  server: RegistryUnavailableError,
  denied: AccessDeniedError,
  'not-found': ImageNotFoundError,
  html: RegistryUnavailableError,
  'redirect-loop': RegistryUnavailableError,
  'auth-loop': RegistryUnavailableError,
};
const CONTENT: Expected = {
  ...ANY,
  'wrong-digest': DigestMismatchError,
  truncated: DigestMismatchError,
};
const ANSWER: Expected = {
  ...ANY,
  'wrong-digest': RegistryUnavailableError,
  truncated: RegistryUnavailableError,
};

type Registry = ReturnType<typeof open>;
const CALLS: readonly (readonly [string, Expected, (registry: Registry) => Promise<unknown>])[] = [
  [
    'registry:HEAD manifest',
    // HTML has no digest: a GET follows and tells.
    { ...ANY, html: undefined },
    (registry) => registry.resolve(python),
  ],
  ['registry:GET manifest', CONTENT, (registry) => registry.manifest(python, image.digest)],
  ['registry:GET blob', CONTENT, (registry) => registry.blob(python, image.configDescriptor)],
  [
    'registry:GET blob',
    CONTENT,
    (registry) => registry.capture(python, image.layerDescriptor, image.diffId),
  ],
  ['registry:GET tags', ANSWER, (registry) => registry.tags(python)],
  ['registry:GET history', ANSWER, (registry) => registry.tagHistory(python)],
  [
    'registry:GET referrers',
    // Without the API the tag schema is asked, and has nothing.
    { ...ANSWER, 'not-found': undefined },
    (registry) => registry.referrers(python, image.digest),
  ],
  [
    'registry:GET token',
    // The token server asks for a login: that is a refusal.
    { ...ANSWER, 'not-found': RegistryUnavailableError, 'auth-loop': AccessDeniedError },
    (registry) => registry.resolve(python),
  ],
];

const CASES = CALLS.flatMap(([call, expected, act], row) =>
  Object.entries(expected).map(([error, named]) => ({
    call,
    row,
    error: error as RegistryFaultError,
    named,
    act,
  })),
);

describe('faults', () => {
  beforeEach(async () => {
    await pushImage(embedded, python, image);
  });

  it.each(CASES.filter(({ named }) => named))(
    '$call that lasts ($error, row $row) is named',
    async ({ call, error, named, act }) => {
      embedded.setFault({ call, times: 1000, error });
      await expect(act(open())).rejects.toThrow(named);
    },
  );

  it.each(
    CASES.filter(({ error }) => !['denied', 'not-found'].includes(error)).filter(
      ({ call, error }) => !(call === 'registry:GET token' && error === 'auth-loop'),
    ),
  )('$call recovers from one $error (row $row)', async ({ call, error, act }) => {
    const expected = await act(open());
    embedded.setFault({ call, times: 1, error });
    expect(await act(open())).toEqual(expected);
  });

  it.each(
    CASES.filter(({ named }) => named).filter(
      ({ call, error }) => !(call === 'registry:GET token' && error === 'auth-loop'),
    ),
  )('$call fails once with all its attempts ($error, row $row)', async ({ call, error, act }) => {
    embedded.setFault({ call, times: 1, error, attempts: 'all' });
    const registry = open();
    await expect(act(registry)).rejects.toThrow();
    await act(registry);
  });

  it('count from the call after those that are spared', async () => {
    const registry = open();
    embedded.setFault({ call: 'registry:GET manifest', skip: 2, times: 1, error: 'denied' });
    await registry.manifest(python, image.digest);
    await registry.manifest(python, image.digest);
    await expect(registry.manifest(python, image.digest)).rejects.toThrow(AccessDeniedError);
    await registry.manifest(python, image.digest);
  });

  it('wait as long as the registry asks', async () => {
    embedded.setFault({ call: 'registry:HEAD manifest', times: 2, error: 'throttle' });
    await open().resolve(python);
    expect(waits).toEqual([1000, 1000]);
  });

  it('wait with full jitter otherwise', async () => {
    embedded.setFault({ call: 'registry:HEAD manifest', times: 3, error: 'server' });
    await open({ random: () => 0.5 }).resolve(python);
    expect(waits).toEqual([250, 500, 1000]);
  });

  it('are not waited for beyond the deadline', async () => {
    embedded.setFault({ call: 'registry:HEAD manifest', times: 1000, error: 'throttle' });
    await expect(open({ deadline: 1500 }).resolve(python)).rejects.toThrow(RateLimitedError);
    expect(waits).toEqual([1000]);
  });
});
