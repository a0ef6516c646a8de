import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { digestOf } from '../../../core/image/digest.ts';
import {
  entryOf,
  headerOf,
  type MadeLayer,
  madeLayer,
  paxOf,
} from '../../support/hostile-layers.ts';
import { inPieces, type LAYER_TYPES, packLayer, promise } from '../../support/layers.ts';
import { lyingElf, STRINGS } from '../../support/lying-elf.ts';
import { createMemoryObjectStore } from '../../support/memory-object-store.ts';
import { type Reading, readImage } from '../../support/read-image.ts';
import { zipOf } from '../../support/zip-archive.ts';

type Compression = keyof typeof LAYER_TYPES;

const REFUSALS = /^(?:MalformedLayerError|DigestMismatchError|TooLargeError)$/;

const STATUS = Buffer.from('Package: a\nStatus: install ok installed\nVersion: 1\n\n');

/** One of everything that an archive may hold. */
const ENTRIES: readonly Buffer[] = [
  entryOf({ name: 'usr/', typeflag: '5' }),
  entryOf({ name: 'etc/os-release' }, Buffer.from('ID=debian\nVERSION_ID=13\n')),
  entryOf({ name: 'var/lib/dpkg/status' }, STATUS),
  entryOf({ name: 'bin', typeflag: '2', link: 'usr/bin' }),
  entryOf({ name: 'usr/bin/sh' }, Buffer.from('#!/bin/busybox sh\n')),
  entryOf({ name: 'usr/bin/again', typeflag: '1', link: 'usr/bin/sh' }),
  entryOf({ name: `usr/share/${'long/'.repeat(40)}name` }, Buffer.from('x')),
  Buffer.concat([
    paxOf({ path: 'usr/bin/ping', 'SCHILY.xattr.security.capability': Buffer.alloc(20, 1) }),
    entryOf({ name: 'ping' }, Buffer.from('x')),
  ]),
  entryOf({ name: 'usr/lib/python3/a-1.dist-info/METADATA' }, Buffer.from('Name: a\nVersion: 1\n')),
  entryOf({ name: 'usr/.wh.gone' }),
  entryOf({ name: 'key.pem' }, Buffer.from('-----BEGIN PRIVATE\x20KEY-----\nAA\n')),
];

/** A real program's worth of bytes, to be cut. */
const LIBRARY = lyingElf({
  dynamic: [[1, 1]],
  strings: Buffer.from('\0libc.so.6\0'),
}).subarray(0, STRINGS + 11);

const POM = {
  name: 'META-INF/maven/org.example/core/pom.properties',
  text: 'groupId=org.example\nartifactId=core\nversion=1.0\n',
};
const INNER = zipOf([POM, { name: 'META-INF/MANIFEST.MF', text: 'Bundle-Version: 1.0\n' }]);
const FILLING = Buffer.from(Array.from({ length: 20_000 }, (_, index) => (index * index) % 251));

/** A jar of all that is read of one, in both ways that it may be written. */
const JARS = [false, true].map((zip64) =>
  zipOf(
    [
      POM,
      { name: 'x.class', text: '', bytes: FILLING, stored: true },
      { name: 'stored.jar', text: '', bytes: INNER, stored: true },
      { name: 'packed.jar', text: '', bytes: INNER },
    ],
    zip64,
  ),
);

const ARCHIVE = Buffer.concat([
  ...ENTRIES,
  entryOf({ name: 'usr/lib/libx.so' }, LIBRARY.subarray(0, 40_000)),
  Buffer.alloc(1024),
]);

/** A layer of these bytes, whatever they are; its digests are true unless they are given. */
function layerOf(
  bytes: Buffer,
  compression: Compression,
  expected: Partial<MadeLayer['expected']> = {},
): MadeLayer {
  return {
    expected: { ...promise(bytes, bytes, compression), ...expected },
    open: () => inPieces(bytes),
  };
}

function read(...layers: MadeLayer[]): Promise<Reading> {
  return readImage(layers, createMemoryObjectStore());
}

function expectAnAnswer(reading: Reading): void {
  if (reading.kind === 'refused') expect(reading.error).toMatch(REFUSALS);
  else expect(reading.inventory.layers.length).toBeGreaterThan(0);
}

it('an image of all of this is read', async () => {
  const reading = await read(layerOf(ARCHIVE, 'none'));

  expect(reading).toMatchObject({ kind: 'read', inventory: { distro: { id: 'debian' } } });
  expect(reading.kind === 'read' && reading.inventory.packages.map(({ name }) => name)).toEqual([
    'a',
    'a',
  ]);
});

describe.each(['none', 'gzip', 'zstd'] as const)('a layer (%s) that is cut', (compression) => {
  const blob = packLayer(ARCHIVE, compression);
  // Well packed, the whole is little more than a kilobyte: then every few bytes.
  const step = Math.min(1024, Math.ceil(blob.length / 50));

  it('at every kilobyte by the registry is refused for its digest', async () => {
    const whole = promise(blob, ARCHIVE, compression);
    for (let length = 0; length < blob.length; length += step) {
      const reading = await read(layerOf(blob.subarray(0, length), compression, whole));
      expect(reading).toMatchObject({ kind: 'refused', error: 'DigestMismatchError' });
    }
  });

  it('at every kilobyte by whoever made it is refused or is a shorter one', async () => {
    const { diffId } = promise(blob, ARCHIVE, compression);
    for (let length = 0; length < blob.length; length += step) {
      const cut = blob.subarray(0, length);
      // Unpacked, a cut between two entries makes an archive: runtimes take it too.
      const layer = layerOf(cut, compression, compression === 'none' ? {} : { diffId });
      const reading = await read(layer);
      if (compression === 'none') expectAnAnswer(reading);
      else
        expect(reading).toMatchObject({ kind: 'refused', error: expect.stringMatching(REFUSALS) });
    }
  });
});

describe('a size that lies', () => {
  const file = Buffer.from('bytes of a file');
  const body = Buffer.concat([file, Buffer.alloc(512 - file.length), Buffer.alloc(1024)]);

  it.each([
    ['in a header, larger than the archive', { size: 1_000_000 }],
    ['in a header, larger than any', { size: 8 ** 11 - 1 }],
    ['in a header, so that bytes are taken for a header', { size: 0 }],
    [
      'in a header, below nothing',
      { patch: [[124, Buffer.alloc(12, 0xff)]] as [number, Buffer][] },
    ],
    ['in a header, no number', { patch: [[124, Buffer.from('a lot')]] as [number, Buffer][] }],
  ])('%s is refused', async (_, spec) => {
    const bytes = Buffer.concat([headerOf({ name: 'etc/passwd', ...spec }), body]);

    expect(await read(layerOf(bytes, 'none'))).toMatchObject({
      kind: 'refused',
      error: 'MalformedLayerError',
    });
  });

  it.each(['-1', '99999999999999999999', '1e3', '12x', '1000000'])(
    'in a pax header, %j, is refused',
    async (size) => {
      const header = headerOf({ name: 'a', size: file.length });
      const bytes = Buffer.concat([paxOf({ size }), header, body]);

      expect(await read(layerOf(bytes, 'none'))).toMatchObject({
        kind: 'refused',
        error: 'MalformedLayerError',
      });
    },
  );

  it.each([
    ['too small', -1],
    ['too large', 1],
  ])('in the manifest, %s, is refused', async (_, by) => {
    const reading = await read(layerOf(ARCHIVE, 'none', { size: ARCHIVE.length + by }));

    expect(reading).toMatchObject({ kind: 'refused', error: 'DigestMismatchError' });
  });

  it.each(['a', 'sha256:../../../../etc/passwd', `sha256:${'g'.repeat(64)}`])(
    'or a digest that is none, %j, is refused before anything is read',
    async (digest) => {
      const reading = await read(layerOf(ARCHIVE, 'none', { digest }));

      expect(reading).toMatchObject({ kind: 'refused', error: 'MalformedManifestError' });
    },
  );
});

it.each(['0.0', '0.1', '1.0'])('sparse files of pax version %s are not kept', async (version) => {
  const [major = '', minor = ''] = version.split('.');
  const layer = await madeLayer(() => [
    paxOf({
      'GNU.sparse.major': major,
      'GNU.sparse.minor': minor,
      'GNU.sparse.name': 'etc/passwd',
      [version === '1.0' ? 'GNU.sparse.realsize' : 'GNU.sparse.size']: '9007199254740991',
    }),
    entryOf({ name: 'GNUSparseFile.0/passwd' }, Buffer.from('1\n0\n512\n'.padEnd(1024))),
  ]);

  expect(await read(layer)).toMatchObject({
    kind: 'read',
    problems: [{ path: 'etc/passwd', reason: 'not kept: sparse file' }],
  });
});

function jarLayer(bytes: Buffer): MadeLayer {
  return layerOf(
    Buffer.concat([entryOf({ name: 'app/x.jar' }, bytes), Buffer.alloc(1024)]),
    'none',
  );
}

/** Of an image that was read: its packages, and the problems of the jar. */
async function readJar(bytes: Buffer) {
  const reading = await read(jarLayer(bytes));
  if (reading.kind === 'refused') throw new Error(reading.message);
  const problems = reading.problems.filter(({ path }) => path.startsWith('app/x.jar'));
  return { packages: reading.inventory.packages, problems };
}

describe.each([
  ['narrow', JARS[0] ?? Buffer.alloc(0)],
  ['wide (zip64)', JARS[1] ?? Buffer.alloc(0)],
])('a jar of %s numbers', (_, jar) => {
  it('is read whole', async () => {
    const { packages, problems } = await readJar(jar);
    expect(problems).toEqual([]);
    expect(packages.map(({ path }) => path)).toEqual([
      'app/x.jar',
      'app/x.jar!/packed.jar',
      'app/x.jar!/stored.jar',
    ]);
  });

  it('that is cut at every kilobyte, or at every byte of its end, says so', async () => {
    const lengths = Array.from({ length: jar.length }, (_each, index) => index);
    for (const length of lengths.filter((each) => each % 1024 === 4 || each > jar.length - 400)) {
      expect((await readJar(jar.subarray(0, length))).problems, `${length}`).not.toEqual([]);
    }
  });
});

describe('random bytes', () => {
  /** Bytes of an archive, changed. The checksums are made right again: what lies behind them is to be met. */
  const changed = fc
    .record({
      entries: fc.shuffledSubarray([...ENTRIES.keys()], { minLength: 1 }),
      changes: fc.array(fc.record({ at: fc.nat(2048), byte: fc.nat(255) }), { maxLength: 12 }),
      isRight: fc.boolean(),
    })
    .map(({ entries, changes, isRight }) => {
      const bytes = Buffer.concat(entries.map((index) => ENTRIES[index] ?? Buffer.alloc(0)));
      for (const { at, byte } of changes) bytes[at % bytes.length] = byte;
      if (isRight) for (let at = 0; at < bytes.length; at += 512) rightSum(bytes.subarray(at));
      return Buffer.concat([bytes, Buffer.alloc(1024)]);
    });
  const noise = fc.uint8Array({ maxLength: 3000 }).map((bytes) => Buffer.from(bytes));
  const databases = fc
    .record({
      path: fc.constantFrom(
        'usr/lib/apk/db/installed',
        'var/lib/dpkg/status',
        'etc/os-release',
        'a.dist-info/METADATA',
        'usr/lib/python3.14/build-details.json',
      ),
      text: fc.oneof(
        noise,
        fc
          .array(
            fc.constantFrom('P:', 'V:1', 'F:a', 'R:b', 'Package: ', 'Version: ', '\n', '\0', '{'),
          )
          .map((parts) => Buffer.from(parts.join('\n'))),
      ),
    })
    .map(({ path, text }) => Buffer.concat([entryOf({ name: path }, text), Buffer.alloc(1024)]));
  const programs = fc
    .record({
      changes: fc.array(fc.record({ at: fc.nat(5000), byte: fc.nat(255) }), { maxLength: 20 }),
      length: fc.integer({ min: 4, max: 8192 }),
    })
    .map(({ changes, length }) => {
      const bytes = Buffer.from(LIBRARY.subarray(0, length));
      for (const { at, byte } of changes) if (at > 3 && at < length) bytes[at] = byte;
      return Buffer.concat([entryOf({ name: 'lib/x.so' }, bytes), Buffer.alloc(1024)]);
    });

  const jars = fc
    .record({
      jar: fc.constantFrom(...JARS),
      // Near its end, where the directory is, and anywhere else.
      changes: fc.array(
        fc.record({ back: fc.oneof(fc.nat(500), fc.nat(20_000)), byte: fc.nat(255) }),
        { maxLength: 6 },
      ),
    })
    .map(({ jar, changes }) => {
      const bytes = Buffer.from(jar);
      for (const { back, byte } of changes) bytes[bytes.length - 1 - (back % bytes.length)] = byte;
      return Buffer.concat([entryOf({ name: 'a.jar' }, bytes), Buffer.alloc(1024)]);
    });

  it('are refused by name or read, 10,000 times', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(changed, changed, noise, databases, programs, jars),
        fc.constantFrom<Compression>('none', 'none', 'none', 'gzip', 'zstd'),
        fc.boolean(),
        async (bytes, compression, isPacked) => {
          const blob = isPacked ? packLayer(bytes, compression) : bytes;
          const layer = layerOf(blob, compression, { diffId: digestOf(bytes) });
          expectAnAnswer(await read(layer));
        },
      ),
      { numRuns: 10_000 },
    );
  });

  it('in one layer leave the others as they are', async () => {
    await fc.assert(
      fc.asyncProperty(changed, async (bytes) => {
        const base = layerOf(ARCHIVE, 'none');
        expectAnAnswer(await read(base, layerOf(bytes, 'none'), base));
      }),
      { numRuns: 500 },
    );
  });
});

/** Puts the right checksum into a block, if it may be a header. */
function rightSum(block: Buffer): void {
  if (!block.subarray(257, 262).equals(Buffer.from('ustar'))) return;
  block.fill(' ', 148, 156);
  let sum = 0;
  for (const byte of block.subarray(0, 512)) sum += byte;
  block.write(`${sum.toString(8).padStart(7, '0')}\0`, 148, 'latin1');
}
