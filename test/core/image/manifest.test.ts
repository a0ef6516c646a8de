import { describe, expect, it } from 'vitest';
import { digestOf } from '../../../core/image/digest.ts';
import {
  MalformedManifestError,
  MEDIA_TYPES,
  parseImageConfig,
  parseManifest,
  UnsupportedMediaTypeError,
} from '../../../core/image/manifest.ts';

function bytes(json: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(json));
}

function descriptor(mediaType: string, overrides: object = {}) {
  return { mediaType, digest: digestOf(mediaType), size: 7, ...overrides };
}

const layer = descriptor('application/vnd.oci.image.layer.v1.tar+gzip');
const image = {
  schemaVersion: 2,
  config: descriptor(MEDIA_TYPES.ociConfig),
  layers: [layer],
};
const AMD64 = { os: 'linux', architecture: 'amd64' };

describe('a manifest', () => {
  it.each([
    ['OCI', MEDIA_TYPES.ociManifest, MEDIA_TYPES.ociConfig],
    ['Docker', MEDIA_TYPES.dockerManifest, MEDIA_TYPES.dockerConfig],
  ])('of %s is an image', (_name, mediaType, configType) => {
    const json = { ...image, mediaType, config: descriptor(configType) };
    expect(parseManifest(bytes(json))).toMatchObject({ kind: 'image', layers: [layer] });
  });

  it.each([
    ['its own word, before the registry’s', { mediaType: MEDIA_TYPES.ociManifest }, 'text/html'],
    ['the registry’s word', {}, `${MEDIA_TYPES.ociManifest}; charset=utf-8`],
    ['its members, when nobody says', {}, undefined],
  ])('is known by %s', (_name, own, said) => {
    expect(parseManifest(bytes({ ...image, ...own }), said).kind).toBe('image');
  });

  it.each<[string, object]>([
    ['a signature', { config: descriptor('application/vnd.dev.cosign.simplesigning.v1+json') }],
    ['a chart', { config: descriptor('application/vnd.cncf.helm.config.v1+json') }],
    ['an empty config', { config: descriptor('application/vnd.oci.empty.v1+json') }],
    ['an artifact type', { artifactType: 'application/spdx+json' }],
    ['a subject', { subject: descriptor(MEDIA_TYPES.ociManifest) }],
    ['schema 1', { mediaType: 'application/vnd.docker.distribution.manifest.v1+json' }],
  ])('is no image: %s', (_name, overrides) => {
    const json = { mediaType: MEDIA_TYPES.ociManifest, ...image, ...overrides };
    expect(() => parseManifest(bytes(json))).toThrow(UnsupportedMediaTypeError);
  });

  it.each<[string, Uint8Array]>([
    ['HTML', Buffer.from('<html>')],
    ['nothing', Buffer.from('')],
    ['not UTF-8', Buffer.from([0xff, 0xfe, 0x7b])],
    ['without layers', bytes({ ...image, layers: undefined })],
    [
      'a layer with a digest that cannot be checked',
      bytes({ ...image, layers: [{ ...layer, digest: 'md5:1' }] }),
    ],
    ['a layer of negative size', bytes({ ...image, layers: [{ ...layer, size: -1 }] })],
    ['a layer of half a byte', bytes({ ...image, layers: [{ ...layer, size: 0.5 }] })],
  ])('is malformed: %s', (_name, document) => {
    expect(() => parseManifest(document, MEDIA_TYPES.ociManifest)).toThrow(MalformedManifestError);
  });
});

describe('an index', () => {
  const child = (platform?: object) => descriptor(MEDIA_TYPES.ociManifest, { platform });
  const index = (...manifests: object[]) =>
    bytes({ schemaVersion: 2, mediaType: MEDIA_TYPES.ociIndex, manifests });

  it('lists its platforms in order, attestations left out', () => {
    const arm64 = { os: 'linux', architecture: 'arm64', variant: 'v8' };
    const attestation = child({ os: 'unknown', architecture: 'unknown' });
    const manifest = parseManifest(index(child(arm64), attestation, child(AMD64)));
    expect(manifest.kind === 'index' && manifest.platforms.map(({ platform }) => platform)).toEqual(
      [arm64, AMD64],
    );
  });

  it('need not say the platform of an image', () => {
    const annotations = { 'vnd.docker.reference.type': 'attestation-manifest' };
    const others = [
      descriptor(MEDIA_TYPES.ociManifest, { annotations }),
      descriptor(MEDIA_TYPES.ociManifest, { artifactType: 'application/x-chart' }),
      descriptor('application/vnd.cncf.helm.config.v1+json', {}),
    ];
    const manifest = parseManifest(index(...others, child(), child(AMD64)));
    expect(manifest.kind === 'index' && manifest.platforms.map(({ platform }) => platform)).toEqual(
      [null, AMD64],
    );
  });

  it('without an image is malformed', () => {
    const unknown = child({ os: 'unknown', architecture: 'unknown' });
    expect(() => parseManifest(index(unknown))).toThrow(MalformedManifestError);
    expect(() => parseManifest(index())).toThrow(MalformedManifestError);
  });

  it('of Docker is one too', () => {
    const json = { mediaType: MEDIA_TYPES.dockerIndex, manifests: [child(AMD64)] };
    expect(parseManifest(bytes(json)).kind).toBe('index');
  });
});

describe('a config', () => {
  const config = { ...AMD64, rootfs: { type: 'layers', diff_ids: [digestOf('a')] } };

  it('may lack all that is optional, or have it null', () => {
    expect(parseImageConfig(bytes(config))).toMatchObject(config);
    const nulls = {
      ...config,
      config: { Env: null, Entrypoint: null, Cmd: null, Labels: null },
      history: null,
    };
    expect(parseImageConfig(bytes(nulls)).config?.Env).toBeNull();
  });

  it.each<[string, object]>([
    ['no diff ids', { rootfs: { type: 'layers' } }],
    ['a diff id that is no digest', { rootfs: { type: 'layers', diff_ids: ['x'] } }],
    ['no architecture', { architecture: undefined }],
    ['a user that is a number', { config: { User: 0 } }],
  ])('is malformed with %s', (_name, overrides) => {
    expect(() => parseImageConfig(bytes({ ...config, ...overrides }))).toThrow(
      MalformedManifestError,
    );
  });
});
