import { deflateSync } from 'node:zlib';
import {
  entryOf,
  headerOf,
  longFile,
  type MadeLayer,
  many,
  one,
  padded,
} from './hostile-layers.ts';
import { lyingElf, STRINGS, TABLE } from './lying-elf.ts';
import { elfOf } from './made-up-elf.ts';
import { bdbDatabase, ndbDatabase, rpmHeader, sqliteDatabase } from './rpm-databases.ts';

const MEBIBYTE = 1024 * 1024;
const SQLITE = 'var/lib/rpm/rpmdb.sqlite';
const NDB = 'usr/lib/sysimage/rpm/Packages.db';
const BDB = 'var/lib/rpm/Packages';
const PROJECT = 'usr/lib/python3/dist-packages/a-1.dist-info';

/** Images with files of extractors that want to cost time or memory, or say what is not so. */
export const HOSTILE_FILES = {
  'an rpm database of SQLite with pages in a circle': () =>
    file(
      SQLITE,
      patched(sqlite(), [
        [4096, Buffer.from([5])],
        [4096 + 8, word(2, true)],
      ]),
    ),
  'an rpm database of SQLite whose pages lie beyond its end': () =>
    file(SQLITE, patched(sqlite(), [[100 + 3, Buffer.from('ffff', 'hex')]])),
  'an rpm database of SQLite of 60 MB of nothing': () =>
    file(SQLITE, Buffer.concat([sqlite(), Buffer.alloc(60 * MEBIBYTE, 13)])),
  'an rpm database of NDB of four million slots': () => {
    const bytes = Buffer.alloc(60 * MEBIBYTE, 'Slot');
    ndbDatabase([]).copy(bytes, 0, 0, 32);
    bytes.writeUInt32LE(bytes.length / 4096, 12);
    return file(NDB, bytes);
  },
  'an rpm database of NDB of four million bad slots': () => {
    const bytes = Buffer.alloc(60 * MEBIBYTE);
    ndbDatabase([]).copy(bytes, 0, 0, 32);
    bytes.writeUInt32LE(bytes.length / 4096, 12);
    return file(NDB, bytes);
  },
  'an rpm database of NDB whose packages say that they are larger': () =>
    file(NDB, patched(ndbDatabase(PACKAGES), [[4096 + 12, word(0x7fffffff)]])),
  'an rpm database of Berkeley DB with a circle': () => {
    const bytes = bdbDatabase(PACKAGES);
    const chain = bytes.indexOf(PACKAGES[1]?.subarray(0, 40) ?? '') - 26;
    return file(BDB, patched(bytes, [[chain + 16, word(chain / 512)]]));
  },
  'an rpm database of Berkeley DB of four billion pages': () =>
    file(BDB, patched(bdbDatabase(PACKAGES), [[32, word(0xffffffff)]])),
  'an rpm database of Berkeley DB of 100,000 damaged pages': () => {
    const bytes = Buffer.alloc(100_000 * 512, 13);
    bdbDatabase([]).copy(bytes, 0, 0, 512);
    bytes.writeUInt32LE(99_999, 32);
    return file(BDB, bytes);
  },
  'a package of rpm that says 60 million numbers': () =>
    file(BDB, bdbDatabase([patched(PACKAGES[0] ?? Buffer.alloc(0), COUNTS)])),
  'programs of Go whose lengths lie': () =>
    one(many(GO_LIES.length, (index) => entryOf({ name: `bin/${index}` }, GO_LIES[index]))),
  'a program of Go of 200,000 modules': () =>
    one([entryOf({ name: 'bin/go' }, manyModules(200_000))]),
  '1,000 programs of Go of 5,000 modules': () => programs(1000, manyModules(5000)),
  '1,000 programs of Rust of 4,000 crates': () => {
    const crate = { name: 'a', version: '1.0.0', source: 'crates.io' };
    const packages = Array.from({ length: 4000 }, () => crate);
    return programs(1000, audited(deflateSync(JSON.stringify({ packages }))));
  },
  'a program of Rust whose crates unpack to a gigabyte': () =>
    one([entryOf({ name: 'bin/rust' }, audited(deflateSync(Buffer.alloc(900 * MEBIBYTE))))]),
  '1,000 programs of Rust whose crates unpack to 8 MB': () => {
    const text = `{"packages":[],"x":"${'x'.repeat(8 * MEBIBYTE - 100)}"}`;
    return programs(1000, audited(deflateSync(text)));
  },
  'a package.json of 100 MB': () =>
    one(() => longFile('app/node_modules/a/package.json', 100 * MEBIBYTE, ' ')),
  'package.json nested 500,000 deep': () =>
    one([
      entryOf({ name: 'app/node_modules/a/package.json' }, Buffer.from('['.repeat(1_000_000))),
      entryOf({ name: 'app/node_modules/b/package.json' }, Buffer.from(nested('b', 500_000))),
    ]),
  '40 package.json of a megabyte': () =>
    one(
      many(40, (index) =>
        entryOf({ name: `node_modules/p${index}/package.json` }, Buffer.from(wide(`p${index}`))),
      ),
    ),
  'a RECORD of 900,000 lines': () =>
    one([
      entryOf({ name: `${PROJECT}/METADATA` }, Buffer.from('Name: a\nVersion: 1\n')),
      entryOf({ name: `${PROJECT}/RECORD` }, Buffer.from(lines(900_000, 'a/file-NUMBER.py,,1'))),
    ]),
  'a RECORD of one line of 60 MB': () =>
    one([
      entryOf({ name: `${PROJECT}/METADATA` }, Buffer.from('Name: a\nVersion: 1\n')),
      ...longFile(`${PROJECT}/RECORD`, 60 * MEBIBYTE, '"a,'),
    ]),
  'metadata of one line of 60 MB': () =>
    one(() => longFile(`${PROJECT}/METADATA`, 60 * MEBIBYTE, 'Name: ')),
  'an os-release of 900,000 lines': () =>
    file('etc/os-release', Buffer.from(lines(900_000, 'NAME_NUMBER=value'))),
  'an os-release of one line of 60 MB': () =>
    one(() => longFile('etc/os-release', 60 * MEBIBYTE, 'NAME="a\\a')),
  'a status file of one line of 500 MB': () =>
    one(() => longFile('var/lib/dpkg/status', 500 * MEBIBYTE, 'Package: a ')),
  'a status file of one line of 60 MB': () =>
    one(() => longFile('var/lib/dpkg/status', 60 * MEBIBYTE, 'Package: a ')),
  "apk's database of one line of 60 MB": () =>
    one(() => longFile('usr/lib/apk/db/installed', 60 * MEBIBYTE, 'P:a')),
} satisfies Record<string, () => Promise<MadeLayer[]>>;

const PACKAGES: readonly Buffer[] = Array.from({ length: 20 }, (_, index) =>
  rpmHeader({ name: `p${index}`, files: [`/usr/share/p${index}/${'x'.repeat(600)}`] }),
);

/** Every entry of a header has as many values as fit a word. */
const COUNTS = Array.from({ length: 6 }, (_, index): [number, Buffer] => [
  8 + index * 16 + 12,
  word(0x3fffffff, true),
]);

function file(name: string, bytes: Buffer): Promise<MadeLayer[]> {
  return one(() => [headerOf({ name, size: bytes.length }), padded(bytes)]);
}

function programs(count: number, bytes: Buffer): Promise<MadeLayer[]> {
  return one(many(count, (index) => entryOf({ name: `bin/${index}` }, bytes)));
}

function sqlite(): Buffer {
  return Buffer.from(sqliteDatabase(PACKAGES).database);
}

function patched(
  bytes: Buffer,
  patches: readonly (readonly [at: number, bytes: Buffer])[],
): Buffer {
  const copy = Buffer.from(bytes);
  for (const [at, patch] of patches) patch.copy(copy, at);
  return copy;
}

function word(value: number, isBigEndian = false): Buffer {
  const bytes = Buffer.alloc(4);
  if (isBigEndian) bytes.writeUInt32BE(value);
  else bytes.writeUInt32LE(value);
  return bytes;
}

function lines(count: number, line: string): string {
  return Array.from(
    { length: count },
    (_, index) => `${line.replace('NUMBER', `${index}`)}\n`,
  ).join('');
}

function nested(name: string, depth: number): string {
  return `{"name":"${name}","version":"1.0.0","x":${'['.repeat(depth)}${']'.repeat(depth)}}`;
}

function wide(name: string): string {
  const keys = Array.from({ length: 60_000 }, (_, index) => `"k${index}":[[]]`);
  return `{"name":"${name}","version":"1.0.0",${keys.join(',')}}`;
}

/** Go's build information, with lengths as they are given before both texts. */
function goInfo(version: string, modules: Buffer, lengths: readonly [string, string]): Buffer {
  return elfOf(
    Buffer.concat([
      Buffer.from('\xff Go buildinf:\x08\x02', 'latin1'),
      Buffer.alloc(16),
      Buffer.from(lengths[0], 'hex'),
      Buffer.from(version),
      Buffer.from(lengths[1], 'hex'),
      modules,
    ]),
  );
}

const MARKERS = Buffer.from(`${'m'.repeat(16)}path\tx\n${'m'.repeat(16)}`);

const GO_LIES: readonly Buffer[] = [
  goInfo('go1.20.1', MARKERS, ['ffffff7f', '20']),
  goInfo('go1.20.1', MARKERS, ['ffffffffffffffff7f', '20']),
  goInfo('go1.20.1', MARKERS, ['08', 'ffffff01']),
  goInfo('go1.20.1', MARKERS, ['00', '00']),
  goInfo('go1.20.1', MARKERS, ['8080808008', '20']),
  goInfo('', Buffer.alloc(0), ['', '']),
  // Before Go 1.18: addresses of texts, that lie nowhere or lead to themselves.
  ...[2n ** 64n - 1n, 0x10000n, 0x10000n + 16n].map((address) => {
    const data = Buffer.alloc(96);
    data.write('\xff Go buildinf:\x08\x00', 'latin1');
    data.writeBigUInt64LE(address, 16);
    data.writeBigUInt64LE(address, 24);
    return elfOf(data);
  }),
];

function manyModules(count: number): Buffer {
  const modules = Buffer.from(
    `${'m'.repeat(16)}path\tx\n${lines(count, 'dep\ta/NUMBER\tv1')}${'m'.repeat(16)}`,
  );
  const length = [0, 7, 14, 21].map(
    (bits, index) => ((modules.length >> bits) & 127) | (index < 3 ? 128 : 0),
  );
  return goInfo('go1.20.1', modules, ['08', Buffer.from(length).toString('hex')]);
}

/** A program of two sections: their names, and what cargo-auditable leaves. */
function audited(list: Buffer): Buffer {
  const strings = Buffer.concat([Buffer.from('\0.dep-v0\0.shstrtab\0'), list]);
  const table = Buffer.alloc(3 * 64);
  const section = (index: number, name: number, [offset, size]: readonly [number, number]) => {
    table.writeUInt32LE(name, index * 64);
    table.writeUInt32LE(1, index * 64 + 4);
    table.writeBigUInt64LE(BigInt(offset), index * 64 + 24);
    table.writeBigUInt64LE(BigInt(size), index * 64 + 32);
  };
  section(1, 1, [STRINGS + 19, list.length]);
  section(2, 9, [STRINGS, 19]);
  return lyingElf({ header: { 40: BigInt(TABLE) }, counts: [56, 2, 64, 3, 2], table, strings });
}
