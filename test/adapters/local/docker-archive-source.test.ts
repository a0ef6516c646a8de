import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDockerArchiveSource } from '../../../adapters/local/docker-archive-source.ts';
import { createOciLayoutSource } from '../../../adapters/local/oci-layout-source.ts';
import { digestOf } from '../../../core/image/digest.ts';
import {
  DigestMismatchError,
  ImageNotFoundError,
  MalformedLayerError,
} from '../../../core/image/errors.ts';
import {
  MalformedManifestError,
  MEDIA_TYPES,
  parseManifest,
} from '../../../core/image/manifest.ts';
import { mergeLayers } from '../../../core/image/overlay.ts';
import { symlink, type TestEntry, tarOf } from '../../support/layers.ts';
import { captureImage, LOCAL, listTree, writeLayout } from '../../support/umoci.ts';

let folder: string;
let base: Buffer;
let top: Buffer;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tidewatch-archive-'));
  base = await tarOf([
    ['a', '1'],
    ['b', '2'],
  ]);
  top = await tarOf(['.wh.a', ['b', '3']]);
});
afterEach(() => rmSync(folder, { recursive: true }));

const everything = { wants: () => true };

function configOf(...layers: readonly Buffer[]): string {
  const diff_ids = layers.map(digestOf);
  return JSON.stringify({
    architecture: 'amd64',
    os: 'linux',
    rootfs: { type: 'layers', diff_ids },
  });
}

async function save(...entries: readonly TestEntry[]): Promise<string> {
  const path = join(folder, 'saved.tar');
  writeFileSync(path, await tarOf(entries));
  return path;
}

function manifestJson(...images: readonly object[]): TestEntry {
  return ['manifest.json', JSON.stringify(images)];
}

const IMAGE = { Config: 'c.json', RepoTags: ['web:v1'], Layers: ['1/layer.tar', '2/layer.tar'] };

async function list(path: string): Promise<object> {
  return listTree(
    mergeLayers(await captureImage(createDockerArchiveSource(path, everything))).tree,
  );
}

describe('an archive of docker save', () => {
  const merged = { b: expect.stringMatching(/^file 644.* 3$/) };

  it.each([
    ['plain', (tar: Buffer) => tar],
    ['gzip', (tar: Buffer) => gzipSync(tar)],
    ['zstd', (tar: Buffer) => zstdCompressSync(tar)],
  ])('with %s layers is read', async (_name, pack) => {
    const path = await save(
      ['1/layer.tar', pack(base)],
      ['2/layer.tar', pack(top)],
      ['c.json', configOf(base, top)],
      manifestJson(IMAGE),
    );

    expect(await list(path)).toEqual(merged);
  });

  it('with layers that are links to others is read', async () => {
    const path = await save(
      ['x/layer.tar', base],
      symlink('1/layer.tar', '../x/layer.tar'),
      ['2/layer.tar', top],
      ['c.json', configOf(base, top)],
      manifestJson(IMAGE),
    );

    expect(await list(path)).toEqual(merged);
  });

  it('gets a manifest that names config and layers by their own digests, always the same', async () => {
    const packed = gzipSync(base);
    const config = configOf(base, top);
    const path = await save(
      ['1/layer.tar', packed],
      ['2/layer.tar', top],
      ['c.json', config],
      manifestJson(IMAGE),
    );
    const source = createDockerArchiveSource(path);

    const { digest, mediaType } = await source.resolve(LOCAL);
    const { bytes } = await source.manifest(LOCAL, digest);

    expect(mediaType).toBe(MEDIA_TYPES.dockerManifest);
    expect(digestOf(bytes)).toBe(digest);
    expect(await createDockerArchiveSource(path).resolve({ ...LOCAL, digest })).toEqual({
      digest,
      mediaType,
    });
    expect(parseManifest(bytes)).toMatchObject({
      config: { digest: digestOf(config), size: config.length },
      layers: [
        { digest: digestOf(packed), size: packed.length, mediaType: /gzip$/ },
        { digest: digestOf(top), size: top.length, mediaType: /tar$/ },
      ].map((each) => ({ ...each, mediaType: expect.stringMatching(each.mediaType) })),
    });
  });

  it('is asked by tag when it has several images', async () => {
    const config = ['c.json', configOf(base)] as const;
    const other = ['d.json', configOf(top)] as const;
    const path = await save(
      ['1', base],
      ['2', top],
      config,
      other,
      manifestJson(
        { Config: 'c.json', RepoTags: ['web:v1', 'web:v2'], Layers: ['1'] },
        { Config: 'd.json', RepoTags: ['db:latest'], Layers: ['2'] },
        { Config: 'd.json', RepoTags: null, Layers: ['2'] },
      ),
    );
    const source = createDockerArchiveSource(path);
    const configOfTag = async (tag?: string) => {
      const { digest } = await source.resolve({ ...LOCAL, ...(tag && { tag }) });
      return parseManifest((await source.manifest(LOCAL, digest)).bytes);
    };

    expect(await configOfTag('v2')).toMatchObject({ config: { digest: digestOf(config[1]) } });
    expect(await configOfTag('web:v2')).toEqual(await configOfTag('v2'));
    expect(await configOfTag()).toMatchObject({ config: { digest: digestOf(other[1]) } });
    await expect(source.resolve({ ...LOCAL, tag: 'db:v1' })).rejects.toThrow(
      /\(say which: .*saved\.tar:web:v1\)$/,
    );
    await expect(source.resolve({ ...LOCAL, tag: 'v3' })).rejects.toThrow(/web:v1, web:v2, db/);
    await expect(source.resolve({ ...LOCAL, digest: digestOf('') })).rejects.toThrow(
      ImageNotFoundError,
    );
  });

  it('that holds an OCI layout, as newer Dockers write it, is read as that layout', async () => {
    const layout = join(folder, 'layout');
    mkdirSync(layout);
    writeLayout(layout, [base, top]);
    const blobs = readdirSync(join(layout, 'blobs/sha256'));
    const path = await save(
      ['oci-layout', readFileSync(join(layout, 'oci-layout'))],
      ['index.json', readFileSync(join(layout, 'index.json'))],
      ...blobs.map(
        (name): TestEntry => [
          `blobs/sha256/${name}`,
          readFileSync(join(layout, 'blobs/sha256', name)),
        ],
      ),
      manifestJson({ Config: 'not looked at', Layers: [] }),
    );

    expect(await list(path)).toEqual(merged);
    expect(await createDockerArchiveSource(path).resolve(LOCAL)).toEqual(
      await createOciLayoutSource(layout).resolve(LOCAL),
    );
  });
});

describe('an archive that is none, or broken', () => {
  it.each([
    ['no manifest', [['c.json', '{}']], ImageNotFoundError],
    ['a manifest that is no JSON', [['manifest.json', '<html>']], MalformedManifestError],
    ['a manifest of another shape', [['manifest.json', '{"a":1}']], MalformedManifestError],
    ['no config', [manifestJson(IMAGE)], ImageNotFoundError],
    ['a config of another shape', [['c.json', '{}'], manifestJson(IMAGE)], MalformedManifestError],
    [
      'fewer diff ids than layers',
      [['c.json', configOf()], manifestJson(IMAGE)],
      MalformedManifestError,
    ],
  ] as const)('with %s is refused', async (_name, entries, error) => {
    const path = await save(...(entries as readonly TestEntry[]));

    await expect(createDockerArchiveSource(path).resolve(LOCAL)).rejects.toThrow(error);
  });

  it('of which a layer is missing is refused', async () => {
    const path = await save(['c.json', configOf(base, top)], manifestJson(IMAGE));

    await expect(createDockerArchiveSource(path).resolve(LOCAL)).rejects.toThrow(/1\/layer.tar/);
  });

  it('whose layer is not what the config says is a mismatch', async () => {
    const path = await save(
      ['1/layer.tar', base],
      ['2/layer.tar', await tarOf(['.wh.a', ['b', '4']])],
      ['c.json', configOf(base, top)],
      manifestJson(IMAGE),
    );

    await expect(list(path)).rejects.toThrow(DigestMismatchError);
  });

  it.each([
    ['gunzip', gzipSync],
    ['unzstd', zstdCompressSync],
  ])('that is packed is refused with what unpacks it: %s', async (program, pack) => {
    const path = await save(manifestJson(IMAGE));
    writeFileSync(path, pack(readFileSync(path)));
    await expect(createDockerArchiveSource(path).resolve(LOCAL)).rejects.toThrow(
      `is packed: unpack it first (${program})`,
    );
  });

  it('that is not there or no tar archive is refused', async () => {
    const path = join(folder, 'text');
    writeFileSync(path, 'no archive '.repeat(100));

    await expect(createDockerArchiveSource(path).resolve(LOCAL)).rejects.toThrow(
      MalformedManifestError,
    );
    await expect(createDockerArchiveSource(join(folder, 'gone')).resolve(LOCAL)).rejects.toThrow(
      ImageNotFoundError,
    );
  });
});

describe('an OCI layout', () => {
  const write = () => {
    writeLayout(folder, [base, top]);
    return createOciLayoutSource(folder, everything);
  };
  const corrupt = (digest: string, bytes: string | Buffer) =>
    writeFileSync(join(folder, 'blobs/sha256', digest.slice(7)), bytes);

  it('is asked by tag, by digest, or for its only image', async () => {
    const source = write();
    const only = await source.resolve(LOCAL);

    expect(only.mediaType).toBe(MEDIA_TYPES.ociManifest);
    expect(await source.resolve({ ...LOCAL, tag: 'latest' })).toEqual(only);
    expect(await source.resolve({ ...LOCAL, digest: only.digest })).toEqual(only);
    await expect(source.resolve({ ...LOCAL, tag: 'v1' })).rejects.toThrow(
      /has no image tagged "v1", only latest$/,
    );
    await expect(source.resolve({ ...LOCAL, digest: digestOf('') })).rejects.toThrow(
      ImageNotFoundError,
    );
    await expect(source.resolve({ ...LOCAL, digest: 'sha256:../../etc' })).rejects.toThrow(
      ImageNotFoundError,
    );
  });

  it('checks the digest of every manifest, config and layer', async () => {
    const source = write();
    const { digest } = await source.resolve(LOCAL);
    const manifest = parseManifest((await source.manifest(LOCAL, digest)).bytes);
    if (manifest.kind !== 'image') throw new Error('expected an image');

    corrupt(manifest.config.digest, '{}');
    await expect(source.blob(LOCAL, manifest.config)).rejects.toThrow(DigestMismatchError);
    corrupt(digestOf(base), Buffer.alloc(base.length));
    await expect(captureImage(source)).rejects.toThrow(DigestMismatchError);
    corrupt(digest, '{}');
    await expect(source.manifest(LOCAL, digest)).rejects.toThrow(DigestMismatchError);
  });

  it('says which layer it lacks', async () => {
    const source = write();
    rmSync(join(folder, 'blobs/sha256', digestOf(top).slice(7)));

    await expect(captureImage(source)).rejects.toThrow(digestOf(top));
  });

  it('whose layer is no archive is malformed', async () => {
    writeLayout(folder, [Buffer.alloc(1024, 'junk')]);

    await expect(captureImage(createOciLayoutSource(folder))).rejects.toThrow(MalformedLayerError);
  });

  it('that is none is not found or malformed', async () => {
    const source = createOciLayoutSource(folder);
    await expect(source.resolve(LOCAL)).rejects.toThrow(ImageNotFoundError);

    writeFileSync(join(folder, 'index.json'), '[]');
    await expect(createOciLayoutSource(folder).resolve(LOCAL)).rejects.toThrow(
      MalformedManifestError,
    );
  });
});
