import { execFileSync, spawnSync } from 'node:child_process';
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { extract, type Header } from 'tar-stream';
import { afterAll, describe, expect, it } from 'vitest';
import { digestOf } from '../../../core/image/digest.ts';
import { parseImageConfig, parseManifest } from '../../../core/image/manifest.ts';
import {
  type BuiltImage,
  type BuiltLayer,
  buildImage,
  ImageBuildError,
} from '../../../local/world/build-image.ts';
import { parseWorld } from '../../../local/world/parse-world.ts';

const scratch = mkdtempSync(join(tmpdir(), 'build-image-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe('an image', () => {
  it('of one platform is a manifest, of several an index, children in order', async () => {
    const one = await build({ 'linux/amd64': { layers: [{}] } });
    const two = await build({ 'linux/arm/v7': { layers: [{}] }, 'linux/amd64': { layers: [{}] } });

    expect(one.mediaType).toBe('application/vnd.oci.image.manifest.v1+json');
    expect(one.manifests).toHaveLength(1);
    expect(two.mediaType).toBe('application/vnd.oci.image.index.v1+json');
    expect(two.manifests.at(-1)?.digest).toBe(two.digest);
    expect(two.platforms.map(({ platform }) => platform)).toEqual(['linux/amd64', 'linux/arm/v7']);
    const index = parseManifest(two.manifests.at(-1)?.bytes ?? new Uint8Array());
    expect(index).toMatchObject({
      kind: 'index',
      platforms: [
        { platform: { os: 'linux', architecture: 'amd64' } },
        { platform: { os: 'linux', architecture: 'arm', variant: 'v7' } },
      ],
    });
  });

  it('has every blob that its manifests name, under its own digest', async () => {
    const layers = [{ files: { a: '1' } }, { files: { b: '2' }, compression: 'zstd' }];
    const config = { User: '65532', Labels: { b: '2', a: '1' } };
    const image = await build({
      'linux/amd64': { layers, config, created: '2026-03-01T00:00:00Z' },
    });

    for (const [digest, bytes] of image.blobs) expect(digestOf(bytes)).toBe(digest);
    for (const { digest, bytes } of image.manifests) expect(digestOf(bytes)).toBe(digest);
    const manifest = parseManifest(image.manifests[0]?.bytes ?? new Uint8Array());
    if (manifest.kind !== 'image') throw new Error('an index');
    for (const { digest, size } of [manifest.config, ...manifest.layers]) {
      expect(image.blobs.get(digest)).toHaveLength(size);
    }
    expect(configOf(image)).toMatchObject({
      os: 'linux',
      architecture: 'amd64',
      created: '2026-03-01T00:00:00Z',
      config,
      rootfs: { diff_ids: image.platforms[0]?.layers.map(({ diffId }) => diffId) },
    });
  });

  it('is the same to the byte, in whatever order its world was written', async () => {
    const image = await build({
      'linux/amd64': {
        layers: [
          {
            osRelease: { ID: 'wolfi', NAME: 'Wolfi Linux' },
            apk: ['zlib=1.3-r0'],
            files: { 'usr/bin/a': 'a', etc: { link: 'usr' } },
          },
        ],
        config: { User: '65532', Labels: { a: '1', b: '2' } },
      },
    });
    const reordered = await build({
      'linux/amd64': {
        config: { Labels: { b: '2', a: '1' }, User: '65532' },
        layers: [
          {
            files: { etc: { link: 'usr' }, 'usr/bin/a': 'a' },
            apk: [{ version: '1.3-r0', name: 'zlib' }],
            osRelease: { NAME: 'Wolfi Linux', ID: 'wolfi' },
          },
        ],
      },
    });

    expect(reordered.digest).toBe(image.digest);
    // Known for good: a world that names a digest holds on every machine and Node.
    expect(image.digest).toBe(
      'sha256:a2bc529d21bfbead0b8dd071835b6b65de5f083226d71057c9c93f1095edcbc7',
    );
  });

  it('differs when a label does, its layers do not', async () => {
    const [first, second] = await Promise.all(
      ['1', '2'].map((label) =>
        build({ 'linux/amd64': { layers: [{ apk: ['a=1'] }], config: { Labels: { label } } } }),
      ),
    );
    expect(first?.digest).not.toBe(second?.digest);
    expect(diffIdsOf(first)).toEqual(diffIdsOf(second));
  });

  it('begins with the layers of its base, platform by platform, and has them all', async () => {
    const base = await build({
      'linux/amd64': { layers: [{ files: { a: 'amd64' } }], config: { User: '1' } },
      'linux/arm64': { layers: [{ files: { a: 'arm64' } }] },
    });
    const app = await buildOn(base, {
      'linux/arm64': { base: 'cgr.dev/base:1', layers: [{ files: { b: '' } }] },
    });

    expect(diffIdsOf(app)).toHaveLength(2);
    expect(diffIdsOf(app)?.[0]).toBe(base.platforms[1]?.layers[0]?.diffId);
    expect([...app.blobs.keys()]).toContain(base.platforms[1]?.layers[0]?.descriptor.digest);
    expect(configOf(app).config).toEqual({});
  });

  it('cannot be built on a base that is not there, or not for its platform', async () => {
    const platforms = { 'linux/arm64': { base: 'cgr.dev/base:1', layers: [] } };
    const base = await build({ 'linux/amd64': { layers: [] } });
    await expect(buildOn(undefined, platforms)).rejects.toThrow(ImageBuildError);
    await expect(buildOn(base, platforms)).rejects.toThrow(/"cgr.dev\/base:1" for linux\/arm64/);
  });
});

describe('a layer', () => {
  it.each([
    ['gzip', 'tar+gzip'],
    ['zstd', 'tar+zstd'],
    ['none', 'tar'],
  ])('in %s holds the same archive, also when it is large', async (compression, suffix) => {
    const text = 'tide '.repeat(60_000);
    const { layer, files } = await buildLayer({ files: { 'a/large': text }, compression });

    expect(layer.descriptor.mediaType).toBe(`application/vnd.oci.image.layer.v1.${suffix}`);
    expect(digestOf(unpack(layer))).toBe(layer.diffId);
    expect(files.get('a/large')?.text).toBe(text);
  });

  it('is stored in its compression, so that no compressor has a say', async () => {
    for (const compression of ['gzip', 'zstd']) {
      const { layer } = await buildLayer({ files: { a: 'a'.repeat(200_000) }, compression });
      expect(layer.bytes.length).toBeGreaterThan(200_000);
    }
  });

  it('is sorted, of time 0 and owner 0, with the folders above each file', async () => {
    const { files } = await buildLayer({ files: { 'z/y/x': '', 'a/b': '', 'a-b': '' } });

    expect([...files.keys()]).toEqual(['a', 'a-b', 'a/b', 'z', 'z/y', 'z/y/x']);
    for (const { header } of files.values()) {
      expect(header).toMatchObject({ uid: 0, gid: 0, uname: '', gname: '', mtime: new Date(0) });
    }
    expect(files.get('z/y')?.header).toMatchObject({ type: 'directory', mode: 0o755 });
  });

  it('holds files as they are said: text, bytes, modes, owners, links', async () => {
    const { files } = await buildLayer({
      files: {
        plain: 'tide\n',
        bytes: { base64: '/wA=' },
        'usr/bin/tool': '',
        'tmp/setuid': { text: '', mode: '4755', uid: 1000 },
        a: { hardLink: '/plain' },
        link: { link: '../plain' },
        [`long/${'x'.repeat(300)}`]: 'deep',
      },
    });

    expect(files.get('plain')).toMatchObject({ text: 'tide\n', header: { mode: 0o644 } });
    expect(files.get('bytes')?.bytes).toEqual(Buffer.of(0xff, 0));
    expect(files.get('usr/bin/tool')?.header.mode).toBe(0o755);
    expect(files.get('tmp/setuid')?.header).toMatchObject({ mode: 0o4755, uid: 1000 });
    expect(files.get('link')?.header).toMatchObject({ type: 'symlink', linkname: '../plain' });
    expect(files.get('a')?.header).toMatchObject({ type: 'link', linkname: 'plain' });
    expect(files.get(`long/${'x'.repeat(300)}`)?.text).toBe('deep');
    // A hard link's target must have been unpacked before it.
    expect([...files.keys()].at(-1)).toBe('a');
  });

  it('does not turn a folder that it makes a link into a folder', async () => {
    const { files } = await buildLayer({ files: { bin: { link: 'usr/bin' }, 'bin/sh': '' } });
    expect(files.get('bin')?.header.type).toBe('symlink');
  });

  it('marks what it takes away', async () => {
    const { files } = await buildLayer({ whiteout: ['a', 'b/c'], opaque: ['d/e'] });
    expect([...files.keys()]).toEqual(['.wh.a', 'b', 'b/.wh.c', 'd', 'd/e', 'd/e/.wh..wh..opq']);
  });
});

describe('the fields of a layer', () => {
  it('write os-release, quoted where a shell needs it', async () => {
    const { files } = await buildLayer({ osRelease: { NAME: 'A "b" $c', ID: 'a' } });
    expect(files.get('etc/os-release')?.text).toBe('ID=a\nNAME="A \\"b\\" \\$c"\n');
  });

  it('write exactly the packages of the layer into the apk database', async () => {
    const apk = [
      'zlib=1.3-r0',
      {
        name: 'py',
        version: '3-r1',
        origin: 'python',
        files: ['usr/bin/py', 'usr/bin/py3', 'top'],
      },
      { name: 'any', version: '1', arch: 'noarch' },
    ];
    const { files } = await buildLayer({ apk, files: { 'usr/bin/py': 'given' } });

    expect(files.get('usr/lib/apk/db/installed')?.text).toBe(
      [
        'P:zlib\nV:1.3-r0\nA:x86_64\no:zlib\n',
        'P:py\nV:3-r1\nA:x86_64\no:python\nF:\nR:top\nF:usr/bin\nR:py\nR:py3\n',
        'P:any\nV:1\nA:noarch\no:any\n',
        '',
      ].join('\n'),
    );
    expect(files.get('usr/bin/py')?.text).toBe('given');
    expect(files.get('usr/bin/py3')?.text).toBe('');
  });

  it('know the old place of the apk database, and an empty one', async () => {
    const { files } = await buildLayer({ apk: [], db: 'lib' });
    expect(files.get('lib/apk/db/installed')?.text).toBe('');
  });

  it.each([
    ['linux/arm64', 'aarch64', 'arm64', 'aarch64'],
    ['linux/arm/v7', 'armv7', 'armhf', 'armv7hl'],
    ['linux/386', 'x86', 'i386', 'i686'],
    ['linux/s390x', 's390x', 's390x', 's390x'],
  ])('name the architecture of %s as apk, dpkg and rpm do', async (platform, apk, deb, rpm) => {
    const one = { name: 'a', version: '1' };
    const spec = { apk: [one], dpkg: [one], rpmManifest: [{ ...one, release: '2' }] };
    const { files } = await buildLayer(spec, platform);

    expect(files.get('usr/lib/apk/db/installed')?.text).toContain(`\nA:${apk}\n`);
    expect(files.get('var/lib/dpkg/status')?.text).toContain(`\nArchitecture: ${deb}\n`);
    expect(files.get('var/lib/rpmmanifest/container-manifest-2')?.text).toBe(
      `a\t1-2\t0\t0\t(none)\t(none)\t0\t${rpm}\t0\ta-1-2.src.rpm\n`,
    );
  });

  it('write the dpkg database with its file lists', async () => {
    const { files } = await buildLayer({
      dpkg: [
        {
          name: 'a',
          version: '1',
          source: 's',
          sourceVersion: '2',
          arch: 'all',
          files: ['usr/bin/a'],
        },
        { name: 'b', version: '1' },
      ],
    });

    expect(files.get('var/lib/dpkg/status')?.text).toBe(
      [
        'Package: a\nStatus: install ok installed\nSource: s (2)\nVersion: 1\nArchitecture: all\n',
        'Package: b\nStatus: install ok installed\nVersion: 1\nArchitecture: amd64\n',
      ].join('\n'),
    );
    expect(files.get('var/lib/dpkg/info/a.list')?.text).toBe('/.\n/usr\n/usr/bin\n/usr/bin/a\n');
    expect(files.has('usr/bin/a')).toBe(true);
  });

  it("write distroless' database with the sums of the files", async () => {
    const dpkgStatusD = [{ name: 'a', version: '1', source: 's', files: ['usr/lib/a.so'] }];
    const { files } = await buildLayer({ dpkgStatusD, files: { 'usr/lib/a.so': 'abc' } });

    expect(files.get('var/lib/dpkg/status.d/a')?.text).toBe(
      'Package: a\nSource: s\nVersion: 1\nArchitecture: amd64\n',
    );
    expect(files.get('var/lib/dpkg/status.d/a.md5sums')?.text).toBe(
      '900150983cd24fb0d6963f7d28e17f72  usr/lib/a.so\n',
    );
  });

  it("write Azure Linux' manifest, epochs and sources included", async () => {
    const one = { name: 'vim', version: '9.0', release: '1', arch: 'noarch' };
    const { files } = await buildLayer({
      rpmManifest: [
        { ...one, epoch: 2, source: 'editors' },
        { ...one, source: 'x.src.rpm' },
      ],
    });
    expect(files.get('var/lib/rpmmanifest/container-manifest-2')?.text).toBe(
      [
        'vim\t9.0-1\t0\t0\t(none)\t2\t0\tnoarch\t2\teditors-9.0-1.src.rpm\n',
        'vim\t9.0-1\t0\t0\t(none)\t(none)\t0\tnoarch\t0\tx.src.rpm\n',
      ].join(''),
    );
  });

  it('install Python packages, by default into the venv of the layer', async () => {
    const { files } = await buildLayer({
      venv: { path: '/app/venv', version: '3.13.2' },
      python: [
        { name: 'Tide.Tables', version: '1.0' },
        {
          name: 'fast',
          version: '2',
          site: 'opt/site',
          tags: ['cp313-cp313-linux_x86_64'],
          requiresPython: '<3.14',
          extensions: ['fast/_c.cpython-313-x86_64-linux-gnu.so'],
        },
      ],
    });

    const site = 'app/venv/lib/python3.13/site-packages';
    const info = `${site}/tide_tables-1.0.dist-info`;
    expect(files.get(`${info}/METADATA`)?.text).toBe(
      'Metadata-Version: 2.1\nName: Tide.Tables\nVersion: 1.0\n',
    );
    expect(files.get(`${info}/WHEEL`)?.text).toContain(
      'Root-Is-Purelib: true\nTag: py3-none-any\n',
    );
    expect(files.get('opt/site/fast-2.dist-info/METADATA')?.text).toContain(
      'Requires-Python: <3.14',
    );
    expect(files.get('opt/site/fast-2.dist-info/WHEEL')?.text).toContain('Root-Is-Purelib: false');
    expect(files.has('opt/site/fast/_c.cpython-313-x86_64-linux-gnu.so')).toBe(true);
    const record = files.get('opt/site/fast-2.dist-info/RECORD')?.text.trimEnd().split('\n') ?? [];
    for (const line of record) expect(files.has(`opt/site/${line.split(',')[0]}`)).toBe(true);
    expect(record).toHaveLength(5);
  });

  it('make a venv as Python does', async () => {
    const venv = { path: 'app/venv', version: '3.13.2', link: '/usr/bin/python3.13' };
    const { files } = await buildLayer({ venv });

    expect(files.get('app/venv/pyvenv.cfg')?.text).toContain('version = 3.13.2\n');
    expect(files.get('app/venv/bin/python')?.header.linkname).toBe('/usr/bin/python3.13');
    expect(files.get('app/venv/bin/python3.13')?.header.linkname).toBe('python');
    expect(files.get('app/venv/lib/python3.13/site-packages')?.header.type).toBe('directory');
  });
});

const hasTools = ['skopeo', 'umoci'].every((tool) => spawnSync(tool, ['--version']).status === 0);

it.skipIf(!hasTools)('skopeo copies what is built, and umoci unpacks it (needs both)', async () => {
  const base = await build({
    'linux/amd64': { layers: [{ apk: ['a=1'], files: { 'etc/gone': '', 'etc/kept': 'kept' } }] },
  });
  const layer = {
    files: { 'usr/bin/b': { hardLink: 'usr/bin/z' }, 'usr/bin/z': 'z', c: { link: 'usr/bin/z' } },
    whiteout: ['etc/gone'],
  };
  const app = await buildOn(base, { 'linux/amd64': { base: 'cgr.dev/base:1', layers: [layer] } });
  const built = writeLayout(app);
  const copied = join(scratch, 'copied');
  const bundle = join(scratch, 'bundle');

  execFileSync('skopeo', ['copy', '--insecure-policy', `oci:${built}:app`, `oci:${copied}:app`]);
  execFileSync('umoci', ['unpack', '--rootless', '--image', `${copied}:app`, bundle]);

  const at = (path: string) => join(bundle, 'rootfs', path);
  expect(readFileSync(at('usr/bin/b'), 'utf8')).toBe('z');
  expect(lstatSync(at('usr/bin/b')).ino).toBe(lstatSync(at('usr/bin/z')).ino);
  expect(readlinkSync(at('c'))).toBe('usr/bin/z');
  expect(readFileSync(at('etc/kept'), 'utf8')).toBe('kept');
  expect(() => lstatSync(at('etc/gone'))).toThrow('ENOENT');
  expect(readFileSync(at('usr/lib/apk/db/installed'), 'utf8')).toContain('P:a\n');
});

function build(platforms: object): Promise<BuiltImage> {
  return buildOn(undefined, platforms);
}

/** Through the world's own schema, so that defaults are those of a world file. */
function buildOn(base: BuiltImage | undefined, platforms: object): Promise<BuiltImage> {
  const at = '2026-03-02T07:00:00Z';
  const bases = Object.fromEntries(
    Object.keys(platforms).map((platform) => [platform, { layers: [] }]),
  );
  const events = [
    { at, do: 'push', image: 'cgr.dev/base:1', platforms: bases },
    { at, do: 'push', image: 'cgr.dev/app:1', platforms },
  ];
  const [, push] = parseWorld(Buffer.from(events.map((each) => JSON.stringify(each)).join('\n')));
  if (push?.do !== 'push') throw new Error('no push');
  return buildImage(push.platforms, () => base);
}

interface Unpacked {
  readonly header: Header;
  readonly bytes: Buffer;
  readonly text: string;
}

async function buildLayer(
  spec: object,
  platform = 'linux/amd64',
): Promise<{ layer: BuiltLayer; files: Map<string, Unpacked> }> {
  const image = await build({ [platform]: { layers: [spec] } });
  const layer = image.platforms[0]?.layers[0];
  if (!layer) throw new Error('no layer');
  const files = new Map<string, Unpacked>();
  const reader = extract();
  reader.end(Buffer.from(unpack(layer)));
  for await (const entry of reader) {
    const bytes = await buffer(entry);
    files.set(entry.header.name.replace(/\/$/, ''), {
      header: entry.header,
      bytes,
      text: bytes.toString('utf8'),
    });
  }
  return { layer, files };
}

function unpack({ descriptor, bytes }: BuiltLayer): Uint8Array {
  if (descriptor.mediaType.endsWith('+gzip')) return gunzipSync(bytes);
  if (descriptor.mediaType.endsWith('+zstd')) return zstdDecompressSync(bytes);
  return bytes;
}

function configOf(image: BuiltImage) {
  const manifest = parseManifest(image.manifests[0]?.bytes ?? new Uint8Array());
  const digest = manifest.kind === 'image' ? manifest.config.digest : '';
  return parseImageConfig(image.blobs.get(digest) ?? new Uint8Array());
}

function diffIdsOf(image: BuiltImage | undefined) {
  return image?.platforms[0]?.layers.map(({ diffId }) => diffId);
}

function writeLayout(image: BuiltImage): string {
  const folder = join(scratch, 'built');
  const blobs = join(folder, 'blobs/sha256');
  mkdirSync(blobs, { recursive: true });
  const all = [
    ...image.manifests.map(({ digest, bytes }): [string, Uint8Array] => [digest, bytes]),
  ];
  for (const [digest, bytes] of [...all, ...image.blobs]) {
    writeFileSync(join(blobs, digest.slice('sha256:'.length)), bytes);
  }
  const { digest, mediaType } = image;
  const size = image.manifests.at(-1)?.bytes.length;
  const annotations = { 'org.opencontainers.image.ref.name': 'app' };
  writeFileSync(join(folder, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }));
  writeFileSync(
    join(folder, 'index.json'),
    JSON.stringify({ schemaVersion: 2, manifests: [{ mediaType, digest, size, annotations }] }),
  );
  return folder;
}
