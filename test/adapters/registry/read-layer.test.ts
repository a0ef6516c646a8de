import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { LAYER_LIMITS } from '../../../adapters/registry/layer-limits.ts';
import { readLayer } from '../../../adapters/registry/read-layer.ts';
import { digestOf } from '../../../core/image/digest.ts';
import {
  DigestMismatchError,
  MalformedLayerError,
  TooLargeError,
} from '../../../core/image/errors.ts';
import { UnsupportedMediaTypeError } from '../../../core/image/manifest.ts';
import { WANTED_VERSION } from '../../../core/image/wanted-files.ts';
import {
  captureAll,
  hardLink,
  inPieces,
  packLayer,
  promise,
  symlink,
  type TestEntry,
  tarOf,
} from '../../support/layers.ts';

const COMPRESSIONS = ['none', 'gzip', 'zstd'] as const;

const OS_RELEASE = 'ID=wolfi\n';
const layer: readonly TestEntry[] = [
  'etc/',
  ['etc/os-release', OS_RELEASE],
  ['usr/bin/app', 'x'.repeat(3000)],
  { name: 'usr/bin/sudo', text: 'y', mode: 0o104755, uid: 1000, gid: 2000 },
  symlink('usr/bin/sh', '../../bin/busybox'),
  hardLink('usr/bin/app2', './usr/bin/app'),
  'etc/.wh.old',
  { name: 'dev/null', type: 'character-device', mode: 0o666 },
];

describe('a layer', () => {
  it('becomes a capture with its file table and the wanted files', async () => {
    const tar = await tarOf(layer);
    const blob = gzipSync(tar);

    const capture = await readLayer(inPieces(blob), promise(blob, tar, 'gzip'));

    const file = { type: 'file', mode: 0o644, uid: 0, gid: 0 };
    const link = { mode: 0o644, uid: 0, gid: 0, size: 0 };
    expect(capture).toEqual({
      wanted: WANTED_VERSION,
      layer: digestOf(blob),
      diffId: digestOf(tar),
      size: blob.length,
      unpackedSize: tar.length,
      entries: [
        { path: 'etc', type: 'directory', mode: 0o755, uid: 0, gid: 0, size: 0 },
        { ...file, path: 'etc/os-release', size: 9 },
        { ...file, path: 'usr/bin/app', size: 3000 },
        { ...file, path: 'usr/bin/sudo', mode: 0o4755, uid: 1000, gid: 2000, size: 1 },
        { ...link, path: 'usr/bin/sh', type: 'symlink', link: '../../bin/busybox' },
        { ...link, path: 'usr/bin/app2', type: 'hardlink', link: 'usr/bin/app' },
        { ...file, path: 'etc/.wh.old', size: 0 },
        { ...link, path: 'dev/null', type: 'other', mode: 0o666 },
      ],
      files: { 'etc/os-release': Buffer.from(OS_RELEASE).toString('base64') },
      facts: {},
      problems: [],
    });
  });

  it('tells of files that are not kept what they are, and of any its capabilities', async () => {
    const { entries, facts } = await captureAll(
      await tarOf([
        { name: 'app/run', text: '#!/usr/bin/env python3 -E\r\nimport os\n', mode: 0o755 },
        ['app/library', '#!/bin/sh\n'],
        ['app/id_ed25519', '-----BEGIN OPENSSH PRIVATE\x20KEY-----\nb3BlbnNzaC1rZXktdjEAAAAA\n'],
        { name: 'usr/bin/node', text: readFileSync(process.execPath), mode: 0o755 },
        {
          name: 'usr/bin/ping',
          text: 'x',
          pax: { 'SCHILY.xattr.security.capability': '\u0001\u0000\u0000\u0002 ' },
        },
      ]),
    );

    expect(facts).toEqual({
      'app/run': { shebang: '/usr/bin/env python3 -E\r' },
      'app/id_ed25519': { privateKey: 'OPENSSH PRIVATE KEY' },
      'usr/bin/node': { elf: expect.objectContaining({ isDynamic: true }) },
    });
    expect(entries.at(-1)).toMatchObject({ path: 'usr/bin/ping', capability: '0100000220' });
  });

  it.each(COMPRESSIONS)('%s gives the same whatever pieces it comes in', async (compression) => {
    const tar = await tarOf(layer);
    const blob = packLayer(tar, compression);
    const expected = await captureAll(tar);

    for (const size of [1, 7, 511, 512, 513, 100_000]) {
      const capture = await readLayer(
        inPieces(blob, size),
        promise(blob, tar, compression),
        LAYER_LIMITS,
        () => true,
      );
      expect({ entries: capture.entries, files: capture.files }).toEqual({
        entries: expected.entries,
        files: expected.files,
      });
    }
  });

  it('of no entries at all is read', async () => {
    const blob = gzipSync(Buffer.alloc(1024));

    expect(
      await readLayer(inPieces(blob), promise(blob, Buffer.alloc(1024), 'gzip')),
    ).toMatchObject({ entries: [], files: {}, problems: [] });
  });

  it('of several gzip members is one archive, wherever the members and pieces end', async () => {
    const tar = await tarOf(layer);
    const members = [tar.subarray(0, 700), tar.subarray(700, 701), tar.subarray(701)];
    const blob = Buffer.concat(members.map((each) => gzipSync(each)));

    for (let size = 1; size < 90; size += 1) {
      const capture = await readLayer(inPieces(blob, size), promise(blob, tar, 'gzip'));
      expect(capture.entries).toHaveLength(layer.length);
    }
  });

  it('with zeros after its gzip stream is read', async () => {
    const tar = await tarOf(layer);
    const blob = Buffer.concat([gzipSync(tar), Buffer.alloc(300_000)]);

    expect((await readLayer(inPieces(blob), promise(blob, tar, 'gzip'))).entries).toHaveLength(8);
  });
});

describe('a registry that lies', () => {
  it.each(COMPRESSIONS)('about the digest of a %s layer is caught', async (compression) => {
    const tar = await tarOf(layer);
    const blob = packLayer(tar, compression);
    const expected = { ...promise(blob, tar, compression), digest: digestOf('another') };

    await expect(readLayer(inPieces(blob), expected)).rejects.toThrow(DigestMismatchError);
  });

  it.each(COMPRESSIONS)('about the diff id of a %s layer is caught', async (compression) => {
    const tar = await tarOf(layer);
    const blob = packLayer(tar, compression);
    const expected = { ...promise(blob, tar, compression), diffId: digestOf('another') };

    await expect(readLayer(inPieces(blob), expected)).rejects.toThrow(/diff id .* expected/);
  });

  it.each(COMPRESSIONS)(
    'by cutting a %s layer short is caught by its digest',
    async (compression) => {
      const tar = await tarOf(layer);
      const blob = packLayer(tar, compression);
      const short = blob.subarray(0, blob.length - 20);

      await expect(readLayer(inPieces(short), promise(blob, tar, compression))).rejects.toThrow(
        DigestMismatchError,
      );
    },
  );

  it('by sending more than it said is stopped', async () => {
    const tar = await tarOf(layer);
    const endless = async function* () {
      yield tar;
      for (;;) yield Buffer.alloc(512);
    };

    await expect(readLayer(endless(), promise(tar, tar, 'none'))).rejects.toThrow(/more than/);
  });

  it.each(COMPRESSIONS)(
    'by sending a page for a %s layer is caught by its digest',
    async (compression) => {
      const tar = await tarOf(layer);
      const blob = packLayer(tar, compression);
      const html = Buffer.from('<html>Sign in</html>'.padEnd(blob.length));

      await expect(readLayer(inPieces(html), promise(blob, tar, compression))).rejects.toThrow(
        DigestMismatchError,
      );
    },
  );
});

describe('a layer that is what its digest says, and still broken', () => {
  const cases: Record<string, (tar: Buffer) => readonly ['none' | 'gzip' | 'zstd', Buffer]> = {
    'a tar archive cut short': (tar) => ['none', tar.subarray(0, 2500)],
    'no tar archive': () => ['none', Buffer.alloc(2048, 'no archive ')],
    'plain where it says gzip': (tar) => ['gzip', tar],
    'gzip where it says zstd': (tar) => ['zstd', gzipSync(tar)],
    'gzip where it says plain': (tar) => ['none', gzipSync(tar)],
    'gzip cut short': (tar) => ['gzip', gzipSync(tar).subarray(0, -20)],
    'zstd cut short': (tar) => ['zstd', packLayer(tar, 'zstd').subarray(0, -1)],
    'garbage after gzip': (tar) => ['gzip', Buffer.concat([gzipSync(tar), Buffer.from('junk')])],
    'an empty gzip blob': () => ['gzip', Buffer.alloc(0)],
  };

  it.each(Object.entries(cases))('%s is malformed', async (_name, make) => {
    const tar = await tarOf(layer);
    const [compression, blob] = make(tar);

    await expect(readLayer(inPieces(blob), promise(blob, tar, compression))).rejects.toThrow(
      MalformedLayerError,
    );
  });
});

it.each([
  'application/vnd.oci.image.layer.nondistributable.v1.tar+gzip',
  'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip',
  'application/vnd.in-toto+json',
  '',
])('refuses the media type %j before it reads', async (mediaType) => {
  const never = async function* (): AsyncGenerator<Uint8Array> {
    yield await Promise.reject(new Error('was read'));
  };
  const expected = { digest: digestOf(''), size: 0, mediaType, diffId: digestOf('') };

  await expect(readLayer(never(), expected)).rejects.toThrow(UnsupportedMediaTypeError);
});

describe('a source that fails', () => {
  it.each(COMPRESSIONS)('gives its own error in the midst of a %s layer', async (compression) => {
    const tar = await tarOf(layer);
    const blob = packLayer(tar, compression);
    const broken = async function* () {
      yield blob.subarray(0, 50);
      throw new RangeError('connection lost');
    };

    await expect(readLayer(broken(), promise(blob, tar, compression))).rejects.toThrow(
      'connection lost',
    );
  });

  it('is let go of when the layer is refused', async () => {
    const tar = await tarOf([...layer, ['big', Buffer.alloc(1_000_000)]]);
    let isClosed = false;
    const source = async function* () {
      try {
        yield* inPieces(tar, 1000);
      } finally {
        isClosed = true;
      }
    };

    const limits = { ...LAYER_LIMITS, entries: 3 };
    await expect(readLayer(source(), promise(tar, tar, 'none'), limits)).rejects.toThrow();
    expect(isClosed).toBe(true);
  });
});

describe('a limit', () => {
  const limit = async (limits: Partial<typeof LAYER_LIMITS>, entries = layer) => {
    const tar = await tarOf(entries);
    const blob = gzipSync(tar);
    return readLayer(inPieces(blob), promise(blob, tar, 'gzip'), { ...LAYER_LIMITS, ...limits });
  };

  it.each([
    [{ blobBytes: 100 }, /limit 100/],
    [{ unpackedBytes: 2048 }, /more than 2048 bytes/],
    [{ entries: 7 }, /more than 7 entries/],
    [{ pathLength: 12 }, /limit 12/],
    [{ wantedBytes: 8 }, /more than 8 bytes/],
  ])('%j refuses a layer above it', async (limits, message) => {
    await expect(limit(limits)).rejects.toThrow(TooLargeError);
    await expect(limit(limits)).rejects.toThrow(message);
  });

  it('of the ratio stops an archive bomb', async () => {
    const zeros = Buffer.alloc(80 * 1024 * 1024);

    await expect(limit({}, [['zeros', zeros]])).rejects.toThrow(/more than 200 times its size/);
    await expect(limit({ ratio: 2000 }, [['zeros', zeros]])).resolves.toMatchObject({
      problems: [],
    });
  });

  it('of one wanted file is a problem, the rest stands', async () => {
    const capture = await limit({ wantedFileBytes: 8 }, [...layer, ['etc/passwd', 'root']]);

    expect(Object.keys(capture.files)).toEqual(['etc/passwd']);
    expect(capture.entries).toHaveLength(9);
    expect(capture.problems).toEqual([
      { path: 'etc/os-release', reason: 'not kept: 9 bytes, limit 8' },
    ]);
  });
});

it('keeps the last of a wanted file that occurs twice, and nothing when the last is too large', async () => {
  const limits = { ...LAYER_LIMITS, wantedFileBytes: 8 };
  const read = async (entries: TestEntry[]) => {
    const tar = await tarOf(entries);
    return (await readLayer(inPieces(tar), promise(tar, tar, 'none'), limits)).files;
  };

  expect(
    await read([
      ['etc/passwd', 'one'],
      ['./etc/passwd', 'two'],
    ]),
  ).toEqual({
    'etc/passwd': Buffer.from('two').toString('base64'),
  });
  expect(
    await read([
      ['etc/passwd', 'one'],
      ['etc/passwd', 'too large'],
    ]),
  ).toEqual({});
});

it('says when what a hard link leads to is written anew behind it, and so not kept', async () => {
  const twice = (first: TestEntry, last: TestEntry, ...between: TestEntry[]) =>
    tarOf([first, ...between, last]).then((tar) =>
      readLayer(inPieces(tar), promise(tar, tar, 'none')),
    );
  const program: TestEntry = { name: 'opt/a', text: '#!/bin/sh\n', mode: 0o755 };
  const link = hardLink('opt/b', './opt/a');

  const { problems, facts } = await twice(program, ['opt/a', 'text'], link);
  expect(facts).toEqual({});
  expect(problems).toEqual([{ path: 'opt/a', reason: expect.stringContaining('hard link') }]);
  const wanted = await twice(['etc/passwd', 'a'], ['etc/passwd', 'b'], hardLink('x', 'etc/passwd'));
  expect(wanted.problems).toHaveLength(1);
  // Nothing is lost of these.
  expect((await twice(program, ['opt/a', 'text'])).problems).toEqual([]);
  expect((await twice(['opt/a', 'text'], program, link)).problems).toEqual([]);
});

it('cleans names and says when one leads above the root', async () => {
  const { entries, problems } = await captureAll(
    await tarOf(['./', ['./a', ''], ['/b', ''], ['c//d/./e', ''], ['x/../../y', ''], 'f/']),
  );

  expect(entries.map(({ path }) => path)).toEqual(['a', 'b', 'c/d/e', 'y', 'f']);
  expect(problems).toEqual([{ path: 'y', reason: expect.stringContaining('x/../../y') }]);
});

it('says when an entry would replace the root', async () => {
  const { entries, problems } = await captureAll(await tarOf([symlink('.', '/tmp')]));

  expect(entries).toEqual([]);
  expect(problems).toEqual([{ path: '/', reason: expect.stringContaining('root') }]);
});
