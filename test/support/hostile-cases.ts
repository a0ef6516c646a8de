import { HOSTILE_ARCHIVES } from './hostile-archives.ts';
import { HOSTILE_FILES } from './hostile-files.ts';
import {
  entryOf,
  headerOf,
  layersOf,
  type MadeLayer,
  madeLayer,
  many,
  one,
  paxOf,
} from './hostile-layers.ts';
import { lyingElf, STRINGS, TABLE } from './lying-elf.ts';

const MEBIBYTE = 1024 * 1024;
const STATUS = 'var/lib/dpkg/status';
const APK = 'usr/lib/apk/db/installed';

/** Images that want to cost time or memory, by what they do; each is made when it is asked for. */
export const HOSTILE_CASES: Readonly<Record<string, () => Promise<MadeLayer[]>>> = {
  'a gigabyte of zeros in gzip': async () => [await madeLayer(zeros, 'gzip')],
  'a gigabyte of zeros in zstd': async () => [await madeLayer(zeros, 'zstd')],
  'a blob of 17 GB': async () => {
    const { expected, open } = await madeLayer(() => [entryOf({ name: 'a' })]);
    return [{ expected: { ...expected, size: 17 * 1024 ** 3 }, open }];
  },
  'a file of 8 exabytes': () => one([sized('800000007fffffffffffffff')]),
  'a file of a petabyte': () => one([sized('800000000004000000000000')]),
  '100,000 entries': () => one(many(100_000, (index) => entryOf({ name: `usr/share/${index}` }))),
  '500,001 entries': () => one(many(500_001, (index) => headerOf({ name: `${index}` }))),
  '1,000 layers': () => layersOf(1000, (index) => [entryOf({ name: `${index}` })]),
  '500 layers': () => layersOf(500, (index) => [entryOf({ name: `${index}` })]),
  '100,000 names above the root': () =>
    one(many(100_000, (index) => entryOf({ name: `../../${index}/../../../etc/x${index}` }))),
  'a zero byte in a name': () =>
    one([paxOf({ path: 'etc/passwd\0.txt' }), entryOf({ name: 'etc/passwd' })]),
  'a name of 10 KB': () => one([entryOf({ name: 'n'.repeat(10_000) })]),
  'names of 4 KB, 100,000 of them': () =>
    one(many(100_000, (index) => entryOf({ name: `${index}`.padEnd(4000, 'n') }))),
  'folders 2,000 deep, in 15,000 places': () =>
    one(many(15_000, (index) => entryOf({ name: `${index}${'/x'.repeat(2000)}` }))),
  'folders 2,000 deep over 40 layers': () =>
    layersOf(40, (layer) =>
      many(50, (index) => entryOf({ name: `${layer}-${index}${'/x'.repeat(2000)}` }))(),
    ),
  'links in a circle': () =>
    one(function* () {
      yield entryOf({ name: 'a', typeflag: '2', link: 'b' });
      yield entryOf({ name: 'b', typeflag: '2', link: '/a' });
      for (let index = 0; index < 50_000; index++) yield entryOf({ name: `a/${index}` });
    }),
  'links that wind through folders': () =>
    one(function* () {
      yield* winding(200);
      for (let index = 0; index < 200_000; index++) yield entryOf({ name: `l199/${index}` });
    }),
  'links that lead deeper and deeper': () =>
    one(function* () {
      const link = 'd/'.repeat(2000);
      yield entryOf({ name: 'a', typeflag: '2', link: `${link}a` });
      yield entryOf({ name: 'b', typeflag: '2', link: `${link}${link}`.slice(0, 4000) });
      yield entryOf({ name: `${'d/'.repeat(2000)}c`, typeflag: '2', link: '/b' });
      for (let index = 0; index < 1000; index++) {
        yield entryOf({ name: `b/c/${'e/'.repeat(1500)}${index}` });
      }
    }),
  'projects behind winding links': () =>
    one(function* () {
      yield* winding(38);
      for (let index = 0; index < 100_000; index++) {
        const name = `p${index}.dist-info/METADATA`;
        yield entryOf({ name, typeflag: '2', link: '../l37/x' });
      }
    }),
  'a whiteout for every file': () =>
    one(function* () {
      for (let index = 0; index < 100_000; index++) yield entryOf({ name: `d/${index}` });
      for (let index = 0; index < 100_000; index++) yield entryOf({ name: 'd/.wh..wh..opq' });
      for (let index = 0; index < 100_000; index++) yield entryOf({ name: '.wh.d' });
    }),
  'hard links to what is not there': () =>
    one(
      many(50_000, (index) => entryOf({ name: `${index}`, typeflag: '1', link: 'x'.repeat(300) })),
    ),
  'a sparse file of a terabyte': () =>
    one([
      paxOf({
        'GNU.sparse.major': '1',
        'GNU.sparse.minor': '0',
        'GNU.sparse.realsize': `${1024 ** 4}`,
        'GNU.sparse.name': STATUS,
      }),
      entryOf({ name: 'x' }, Buffer.from('1\n0\n1\n')),
    ]),
  'extended headers of a megabyte': () =>
    one(
      many(100, (index) =>
        Buffer.concat([
          paxOf({ [`SCHILY.xattr.user.${index}`]: Buffer.alloc(1_000_000, 0xff) }),
          entryOf({ name: `${index}` }),
        ]),
      ),
    ),
  'an extended header of two megabytes': () =>
    one([paxOf({ comment: Buffer.alloc(2 * MEBIBYTE) }), entryOf({ name: 'a' })]),
  'capabilities of a megabyte': () =>
    one(
      many(100, (index) =>
        Buffer.concat([
          paxOf({ 'SCHILY.xattr.security.capability': Buffer.alloc(1_000_000, 0x41) }),
          entryOf({ name: `${index}` }),
        ]),
      ),
    ),
  'a package database of 65 MB': () =>
    one([entryOf({ name: STATUS }, Buffer.alloc(65 * MEBIBYTE))]),
  'package databases of 180 MB in a layer': () =>
    one(
      many(3, (index) =>
        entryOf({ name: `${index}.dist-info/RECORD` }, Buffer.alloc(60 * MEBIBYTE)),
      ),
    ),
  'package databases of 300 MB over the layers': () =>
    layersOf(5, (index) => [
      entryOf({ name: `${index}.dist-info/RECORD` }, Buffer.alloc(60 * MEBIBYTE)),
    ]),
  'a package database of 60 million lines': () =>
    one([entryOf({ name: APK }, Buffer.alloc(60 * MEBIBYTE, '\n'))]),
  'package databases of a million bad lines': () =>
    one([
      entryOf({ name: APK }, Buffer.alloc(1_900_000, 'x\n')),
      entryOf({ name: STATUS }, Buffer.alloc(1_900_000, 'x\n')),
    ]),
  'a package database of 240,000 packages': () =>
    one([entryOf({ name: APK }, packagesOf(240_000))]),
  'a program whose names overlap': () => one([entryOf({ name: 'lib/x.so' }, overlappingNames())]),
  'many programs that say a lot': () =>
    one(many(50, (index) => entryOf({ name: `lib/${index}.so` }, longNames()))),
  'a program with tables in circles': () => one([entryOf({ name: 'lib/x.so' }, circlingTables())]),
  'a program whose sections have names without end': () =>
    one([entryOf({ name: 'lib/x.so' }, endlessNames())]),
  'programs with headers that lie': () =>
    one(many(LIES.length, (index) => entryOf({ name: `lib/${index}.so` }, LIES[index]))),
  ...HOSTILE_ARCHIVES,
  ...HOSTILE_FILES,
  'a package database that 16 layers write anew': () => layersOf(16, oneLongLine),
  'a cache of libraries that is all slashes': () =>
    one([...loaded(), entryOf({ name: 'etc/ld.so.cache' }, Buffer.alloc(200_000, '/'))]),
  'a program whose libraries may lie anywhere': () => one(loaded(200)),
  'a RECORD of one quote and 40 MB': () =>
    one([
      entryOf({ name: 'x-1.dist-info/METADATA' }, Buffer.from('Name: x\nVersion: 1\n')),
      entryOf({ name: 'x-1.dist-info/RECORD' }, Buffer.alloc(40 * MEBIBYTE, 'a').fill('"', 0, 1)),
    ]),
};

/** A file whose size is in base-256, as GNU writes those that octal cannot. */
function sized(size: string): Buffer {
  return headerOf({ name: 'a', patch: [[124, Buffer.from(size, 'hex')]] });
}

function zeros(): Iterable<Buffer> {
  const piece = Buffer.alloc(MEBIBYTE);
  return (function* () {
    yield headerOf({ name: 'zeros', size: 1024 * MEBIBYTE });
    for (let count = 0; count < 1024; count++) yield piece;
  })();
}

/** A package database of 48 MB. */
function* oneLongLine(letter: number): Iterable<Buffer> {
  const piece = Buffer.alloc(MEBIBYTE, 0x41 + letter);
  yield headerOf({ name: APK, size: 48 * MEBIBYTE });
  for (let count = 0; count < 48; count++) yield piece;
}

/** `l0`, `l1`, …: each leads to the one before it on as long a way as a link may take. */
function* winding(count: number): Iterable<Buffer> {
  yield entryOf({ name: 'w/', typeflag: '5' });
  for (let index = 0; index < count; index++) {
    const link = `${'w/../'.repeat(790)}${index === 0 ? 'w' : `l${index - 1}`}`;
    yield entryOf({ name: `l${index}`, typeflag: '2', link });
  }
}

function packagesOf(count: number): Buffer {
  return Buffer.from(
    Array.from({ length: count }, (_, index) => `P:p${index}\nV:1\nF:a\n\n`).join(''),
  );
}

/** 10,000 needed libraries, each name but a byte shorter than the one before. */
function overlappingNames(): Buffer {
  const strings = Buffer.alloc(16_384, 'n');
  strings.fill(0, 16_000);
  const dynamic = Array.from({ length: 9_000 }, (_, index) => [1, index % 15_000] as const);
  return lyingElf({ dynamic, strings });
}

/** 450 needed libraries with names of 4 KB. */
function longNames(): Buffer {
  const strings = Buffer.alloc(8192, 'n');
  strings[4000] = 0;
  return lyingElf({
    dynamic: Array.from({ length: 450 }, (_, index) => [1, index] as const),
    strings,
  });
}

/** 2,000 libraries that ask for 2,000 versions each, all of them in one table. */
function circlingTables(): Buffer {
  const strings = Buffer.alloc(16_384, 'v');
  strings.fill(0, 16_000);
  const count = 2000;
  const table = Buffer.alloc(count * 32);
  for (let index = 0; index < count; index++) {
    // Elf_Verneed: its auxiliary entries begin behind all of these; Elf_Vernaux, then.
    table.writeUInt16LE(count, index * 16 + 2);
    table.writeUInt32LE(12_000 + index, index * 16 + 4);
    table.writeUInt32LE((count - index) * 16, index * 16 + 8);
    table.writeUInt32LE(16, index * 16 + 12);
    table.writeUInt32LE(12_000 + index, (count + index) * 16 + 8);
    table.writeUInt32LE(16, (count + index) * 16 + 12);
  }
  const dynamic = [
    [0x6ffffffe, TABLE],
    [0x6fffffff, count],
  ] as const;
  return lyingElf({ dynamic, table, strings });
}

/** 4,000 sections, each of whose names begins in eight megabytes without an end. */
function endlessNames(): Buffer {
  const strings = Buffer.alloc(8 * MEBIBYTE, 's');
  strings[strings.length - 1] = 0;
  const table = Buffer.alloc(4000 * 64);
  for (let index = 0; index < 4000; index++) {
    table.writeUInt32LE(index, index * 64);
    table.writeUInt32LE(1, index * 64 + 4);
    table.writeBigUInt64LE(BigInt(STRINGS), index * 64 + 24);
    table.writeBigUInt64LE(BigInt(strings.length), index * 64 + 32);
  }
  return lyingElf({ header: { 40: BigInt(TABLE) }, counts: [56, 2, 64, 4000, 0], table, strings });
}

/** A loader, and a program for it that needs 5,000 libraries, which may lie in 2,000 folders for each list. */
function loaded(lists = 0): Buffer[] {
  const loader = '/lib64/ld-linux-x86-64.so.2';
  const names = Array.from({ length: 5000 }, (_, index) => `lib${index}.so`.padEnd(12, 'x'));
  const folders = 'a:'.repeat(2000);
  const run = lyingElf({
    // A third segment, PT_INTERP.
    header: { 176: 3n, 184: BigInt(TABLE), 208: BigInt(loader.length) },
    counts: [56, 3, 0, 0, 0],
    table: Buffer.from(loader),
    dynamic: [
      ...names.map((_, index) => [1, 4001 + index * 13] as const),
      ...Array.from({ length: lists }, () => [15, 0] as const),
    ],
    strings: Buffer.from(`${folders}\0${names.join('\0')}\0`),
  });
  return [entryOf({ name: loader.slice(1) }, run), entryOf({ name: 'usr/bin/run' }, run)];
}

const FAR = 2n ** 63n - 1n;

const LIES: readonly Buffer[] = [
  lyingElf({ counts: [0, 0xffff, 0, 0xffff, 0xffff] }),
  lyingElf({ counts: [56, 0xffff, 64, 0xffff, 0] }),
  lyingElf({ header: { 32: FAR, 40: FAR } }),
  lyingElf({ header: { 72: FAR, 80: FAR, 96: FAR } }),
  lyingElf({ header: { 128: FAR, 152: FAR } }),
  lyingElf({ header: { 128: 0n, 152: FAR } }),
  lyingElf({ dynamic: [[1, Number.MAX_SAFE_INTEGER]] }),
  lyingElf({
    dynamic: [
      [0x6ffffffc, TABLE],
      [0x6ffffffd, Number.MAX_SAFE_INTEGER],
    ],
    table: Buffer.alloc(4096, 0xff),
  }),
  Buffer.from('7f454c46', 'hex'),
  Buffer.from('7f454c46030901', 'hex'),
];
