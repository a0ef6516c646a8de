import { beforeEach, describe, expect, it } from 'vitest';
import { choosePlatform } from '../../actions/choose-platform.ts';
import {
  findIndexedImage,
  type IndexPorts,
  indexImage,
  readInventory,
} from '../../actions/index-image.ts';
import { findDocuments, layersIn } from '../../actions/stored-documents.ts';
import { digestOf } from '../../core/image/digest.ts';
import { DigestMismatchError, ImageNotFoundError, TooLargeError } from '../../core/image/errors.ts';
import {
  MalformedManifestError,
  MEDIA_TYPES,
  UnsupportedMediaTypeError,
} from '../../core/image/manifest.ts';
import { parseReference } from '../../core/image/reference.ts';
import type { BuiltImage, BuiltManifest } from '../../local/world/build-image.ts';
import { anImageOf, createFakeRegistry, type FakeRegistry } from '../support/fake-ports.ts';
import { createMemoryObjectStore, type MemoryObjectStore } from '../support/memory-object-store.ts';

const WEB = 'r.test/web:latest';
const reference = parseReference(WEB);

let registry: FakeRegistry;
let objects: MemoryObjectStore;
let ports: IndexPorts;
beforeEach(() => {
  registry = createFakeRegistry();
  objects = createMemoryObjectStore();
  ports = { images: registry, objects, log: { info: () => {}, warn: () => {} } };
});

function index(image: BuiltImage, name = WEB) {
  registry.push(name, image);
  return indexImage(ports, { reference: parseReference(name), digest: image.digest });
}

function calls(what: string): string[] {
  return registry.calls.filter((call) => call.startsWith(what));
}

/** An image whose manifests are these documents; the last is what the tag points at. */
function documents(
  base: BuiltImage,
  ...texts: readonly (readonly [string, unknown])[]
): BuiltImage {
  const manifests = texts.map(([mediaType, json]): BuiltManifest => {
    const bytes = Buffer.from(JSON.stringify(json));
    return { digest: digestOf(bytes), mediaType, bytes };
  });
  const head = manifests.at(-1);
  if (!head) throw new Error('no manifest');
  return {
    ...base,
    digest: head.digest,
    mediaType: head.mediaType,
    manifests: [...base.manifests, ...manifests],
  };
}

function manifestOf(image: BuiltImage): Record<string, unknown> & { layers: object[] } {
  return JSON.parse(Buffer.from(image.manifests[0]?.bytes ?? []).toString());
}

const PACKAGES = { packages: ['openssl=3.5.0-r0'] };

it('makes an inventory for each platform', async () => {
  const image = await anImageOf({ ...PACKAGES, platforms: ['linux/amd64', 'linux/arm64'] });

  const indexed = await index(image);

  expect(indexed.digest).toBe(image.digest);
  expect(indexed.platforms.map(({ platform }) => platform)).toEqual(['linux/amd64', 'linux/arm64']);
  for (const { digest, platform } of indexed.platforms) {
    const inventory = await readInventory(objects, digest);
    expect(inventory.platform).toBe(platform);
    expect(inventory.packages.map(({ name }) => name)).toEqual(['openssl']);
  }
  expect(await findIndexedImage(objects, image.digest)).toEqual(indexed);
});

describe('an index that says no platform', () => {
  async function withoutPlatforms(...extra: readonly (readonly [string, unknown])[]) {
    const image = await anImageOf({ ...PACKAGES, platforms: ['linux/amd64', 'linux/arm64'] });
    const head = image.manifests.find((each) => each.digest === image.digest);
    const json = JSON.parse(Buffer.from(head?.bytes ?? []).toString());
    const others = extra.map(([mediaType, document]) => {
      const bytes = Buffer.from(JSON.stringify(document));
      return { mediaType, digest: digestOf(bytes), size: bytes.length };
    });
    const children = json.manifests.map(({ platform: _, ...each }: { platform: unknown }) => each);
    return documents(image, ...extra, [
      MEDIA_TYPES.ociIndex,
      { ...json, manifests: [...others, ...children] },
    ]);
  }

  it('has those that its images say of themselves', async () => {
    const { platforms } = await index(await withoutPlatforms());
    expect(platforms.map(({ platform }) => platform)).toEqual(['linux/amd64', 'linux/arm64']);
  });

  it('is read though it lists what is no image', async () => {
    const chart = {
      schemaVersion: 2,
      config: { mediaType: 'application/x-chart', digest: digestOf('c'), size: 2 },
      layers: [],
    };
    const image = await withoutPlatforms([MEDIA_TYPES.ociManifest, chart]);
    const { platforms } = await index(image);
    expect(platforms).toHaveLength(2);
    const kept = await findDocuments(objects, image.digest);
    expect(kept && layersIn(kept)).toHaveLength(2);
  });

  it('is scanned for the platform that is asked for', async () => {
    const image = await withoutPlatforms();
    registry.push(WEB, image);
    const chosen = await choosePlatform(
      ports,
      { reference, platform: 'linux/arm64', preferred: [] },
      image.digest,
    );
    const config = JSON.parse(
      Buffer.from(await registry.blob(reference, chosen.manifest.config)).toString(),
    );
    expect(config.architecture).toBe('arm64');
  });
});

it('reads nothing of an image that it knows', async () => {
  const image = await anImageOf(PACKAGES);
  const first = await index(image);
  registry.calls.length = 0;

  expect(await index(image)).toEqual(first);
  expect(registry.calls).toEqual([]);
});

it('reads a layer that two images share once', async () => {
  const image = await anImageOf(PACKAGES);
  const rebuilt = await anImageOf({ ...PACKAGES, root: true });
  await index(image);
  await index(rebuilt, 'r.test/other:latest');

  expect(calls('manifest')).toHaveLength(2);
  expect(calls('capture')).toHaveLength(1);
});

it('keeps the layers it has read when a later one fails, and goes on from there', async () => {
  const image = await anImageOf(PACKAGES);
  const two = await anImageOf({ packages: ['zlib=1'] });
  const [a, b] = [manifestOf(image), manifestOf(two)];
  const diffIds = [image, two]
    .flatMap((each) => each.platforms[0]?.layers ?? [])
    .map((l) => l.diffId);
  const config = Buffer.from(
    JSON.stringify({
      os: 'linux',
      architecture: 'amd64',
      rootfs: { type: 'layers', diff_ids: diffIds },
    }),
  );
  const both = documents(image, [
    MEDIA_TYPES.ociManifest,
    {
      ...a,
      config: { mediaType: MEDIA_TYPES.ociConfig, digest: digestOf(config), size: config.length },
      layers: [...a.layers, ...b.layers],
    },
  ]);
  const incomplete = { ...both, blobs: new Map([...image.blobs, [digestOf(config), config]]) };
  await expect(index(incomplete)).rejects.toThrow(ImageNotFoundError);
  expect(await findIndexedImage(objects, both.digest), 'not yet').toBeUndefined();

  registry.calls.length = 0;
  await index({ ...both, blobs: new Map([...incomplete.blobs, ...two.blobs]) });
  expect(calls('capture')).toHaveLength(1);
});

describe('lies', () => {
  it('about a diff id are found, for a layer read now and for one known before', async () => {
    const image = await anImageOf(PACKAGES);
    const config = Buffer.from(
      JSON.stringify({
        os: 'linux',
        architecture: 'amd64',
        rootfs: { type: 'layers', diff_ids: [digestOf('a lie')] },
      }),
    );
    const lying = documents(image, [
      MEDIA_TYPES.ociManifest,
      {
        ...manifestOf(image),
        config: { mediaType: MEDIA_TYPES.ociConfig, digest: digestOf(config), size: config.length },
      },
    ]);
    const pushed = { ...lying, blobs: new Map([...image.blobs, [digestOf(config), config]]) };
    await expect(index(pushed)).rejects.toThrow(DigestMismatchError);

    await index(image);
    await expect(index(pushed)).rejects.toThrow(DigestMismatchError);
  });

  it('about the number of layers are found', async () => {
    const image = await anImageOf(PACKAGES);
    const manifest = manifestOf(image);
    const lying = documents(image, [
      MEDIA_TYPES.ociManifest,
      { ...manifest, layers: [...manifest.layers, ...manifest.layers] },
    ]);
    await expect(index(lying)).rejects.toThrow(MalformedManifestError);
  });
});

describe('what is no image of ours', () => {
  it('is a signature', async () => {
    const image = await anImageOf();
    const manifest = manifestOf(image);
    const config = {
      ...(manifest.config as object),
      mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
    };
    const signature = documents(image, [MEDIA_TYPES.ociManifest, { ...manifest, config }]);
    await expect(index(signature)).rejects.toThrow(UnsupportedMediaTypeError);
  });

  it('is an index within an index', async () => {
    const image = await anImageOf({ platforms: ['linux/amd64', 'linux/arm64'] });
    const outer = documents(image, [
      MEDIA_TYPES.ociIndex,
      {
        schemaVersion: 2,
        mediaType: MEDIA_TYPES.ociIndex,
        manifests: [
          {
            mediaType: MEDIA_TYPES.ociIndex,
            digest: image.digest,
            size: 1,
            platform: { os: 'linux', architecture: 'amd64' },
          },
        ],
      },
    ]);
    await expect(index(outer)).rejects.toThrow(MalformedManifestError);
  });

  it.each([
    ['layers', 501],
    ['platforms', 33],
  ])('has too many %s: %i', async (what, count) => {
    const image = await anImageOf();
    const manifest = manifestOf(image);
    const [layer] = manifest.layers;
    const large =
      what === 'layers'
        ? documents(image, [
            MEDIA_TYPES.ociManifest,
            { ...manifest, layers: Array(count).fill(layer) },
          ])
        : documents(image, [
            MEDIA_TYPES.ociIndex,
            {
              schemaVersion: 2,
              manifests: Array.from({ length: count }, (_, variant) => ({
                mediaType: MEDIA_TYPES.ociManifest,
                digest: image.digest,
                size: 1,
                platform: { os: 'linux', architecture: 'arm', variant: `v${variant}` },
              })),
            },
          ]);
    await expect(index(large)).rejects.toThrow(TooLargeError);
    expect(calls('capture')).toEqual([]);
  });
});

it('says what is not there', async () => {
  const missing = indexImage(ports, { reference, digest: digestOf('missing') });
  await expect(missing).rejects.toThrow(ImageNotFoundError);
});
