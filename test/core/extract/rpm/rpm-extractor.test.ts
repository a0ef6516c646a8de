import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rpmExtractor } from '../../../../core/extract/rpm/rpm-extractor.ts';
import { RPM_DATABASES, RPM_MANIFEST } from '../../../../core/extract/rpm/rpm-files.ts';
import { isWanted } from '../../../../core/image/wanted-files.ts';
import { buildTree } from '../../../support/build-tree.ts';
import { goldenFile, HAS_REFERENCE_DATA } from '../../../support/golden-file.ts';
import {
  bdbDatabase,
  headerOf,
  ndbDatabase,
  rpmHeader,
  sqliteDatabase,
  type TestRpm,
  writeSqlite,
} from '../../../support/rpm-databases.ts';

const SQLITE = 'var/lib/rpm/rpmdb.sqlite';
const NDB = 'usr/lib/sysimage/rpm/Packages.db';
const BDB = 'var/lib/rpm/Packages';
const AMAZON = { id: 'amzn', versionId: '2023', name: 'Amazon Linux' };

type Files = Parameters<typeof buildTree>[0];

function extract(files: Files) {
  return rpmExtractor.extract({ tree: buildTree(files), distro: AMAZON });
}

function extractOne(rpm: TestRpm) {
  return extract({ [SQLITE]: { bytes: sqliteDatabase([rpmHeader(rpm)]).database } });
}

function names(files: Files): string[] {
  return extract(files).packages.map(({ name }) => name);
}

/** Three packages, the last with a header that fits on no page. */
const BLOBS = [
  rpmHeader({ name: 'bash', version: '5.2.15', release: '1.amzn2023' }),
  rpmHeader({ name: 'openssl-libs', epoch: 1, sourceRpm: 'openssl-1.0-1.src.rpm' }),
  rpmHeader({
    name: 'tzdata',
    arch: 'noarch',
    files: Array.from({ length: 500 }, (_, at) => `/usr/share/zoneinfo/${at % 7}/${at}`),
  }),
];

const FORMATS = {
  sqlite: [SQLITE, sqliteDatabase(BLOBS).database],
  ndb: [NDB, ndbDatabase(BLOBS)],
  bdb: [BDB, bdbDatabase(BLOBS)],
  'bdb of a big-endian machine': [BDB, bdbDatabase(BLOBS, { isBigEndian: true })],
} as const;

describe('rpmExtractor', () => {
  it('reads a package, with its epoch, its source and its files', () => {
    const { packages, owned, problems } = extractOne({
      name: 'openssl-libs',
      version: '3.0.8',
      release: '1.amzn2023.0.18',
      epoch: 1,
      arch: 'x86_64',
      sourceRpm: 'openssl-3.0.8-1.amzn2023.0.18.src.rpm',
      files: [
        '/etc/pki/tls/ct_log_list.cnf',
        '/usr/lib64/libssl.so.3',
        '/usr/lib64/libcrypto.so.3',
      ],
    });
    expect(problems).toEqual([]);
    expect(packages).toEqual([
      {
        purl: 'pkg:rpm/amzn/openssl-libs@3.0.8-1.amzn2023.0.18?arch=x86_64&distro=amzn-2023&epoch=1',
        ecosystem: 'Amazon Linux:2023',
        type: 'rpm',
        name: 'openssl-libs',
        version: '1:3.0.8-1.amzn2023.0.18',
        source: { name: 'openssl', version: '3.0.8-1.amzn2023.0.18' },
        arch: 'x86_64',
        path: SQLITE,
        owner: null,
      },
    ]);
    expect(owned).toEqual([
      { path: 'etc/pki/tls/ct_log_list.cnf', owner: 'openssl-libs' },
      { path: 'usr/lib64/libssl.so.3', owner: 'openssl-libs' },
      { path: 'usr/lib64/libcrypto.so.3', owner: 'openssl-libs' },
    ]);
  });

  it.each(Object.entries(FORMATS))('reads all packages of %s', (_, [path, bytes]) => {
    const { packages, owned, problems } = extract({ [path]: { bytes } });
    expect(problems).toEqual([]);
    expect(packages.map(({ name, version }) => `${name} ${version}`)).toEqual([
      'bash 5.2.15-1.amzn2023',
      'openssl-libs 1:1.0-1',
      'tzdata 1.0-1',
    ]);
    expect(owned).toHaveLength(500);
    expect(owned[499]).toEqual({ path: 'usr/share/zoneinfo/2/499', owner: 'tzdata' });
  });

  it.each([
    ['python3.11-3.11.6-1.amzn2023.0.3.src.rpm', 'python3.11', '3.11.6-1.amzn2023.0.3'],
    ['gcc-c++-14-2.0-1.nosrc.rpm', 'gcc-c++-14', '2.0-1'],
  ])('of %s the source is %s %s', (sourceRpm, name, version) => {
    expect(extractOne({ name: 'p', sourceRpm }).packages[0]?.source).toEqual({ name, version });
  });

  it.each(['(none)', '', 'p.rpm', 'p-1.src.rpm'])('of %j the source is not known', (sourceRpm) => {
    expect(extractOne({ name: 'p', sourceRpm }).packages[0]?.source).toBeNull();
  });

  it('says no epoch where it is 0', () => {
    expect(extractOne({ name: 'p', epoch: 0 }).packages).toMatchObject([
      { version: '1.0-1', purl: 'pkg:rpm/amzn/p@1.0-1?arch=x86_64&distro=amzn-2023' },
    ]);
  });

  it('leaves out the keys that packages are signed with', () => {
    const key = rpmHeader({ name: 'gpg-pubkey', version: 'd832c631', arch: '(none)' });
    const { database } = sqliteDatabase([key, ...BLOBS]);
    expect(names({ [SQLITE]: { bytes: database } })).toEqual(['bash', 'openssl-libs', 'tzdata']);
  });

  it('keeps two versions of one package, and the architectures of one', () => {
    const { database } = sqliteDatabase([
      rpmHeader({ name: 'glibc', arch: 'i686' }),
      rpmHeader({ name: 'glibc' }),
      rpmHeader({ name: 'kernel', version: '6.1' }),
      rpmHeader({ name: 'kernel', version: '6.12' }),
    ]);
    expect(names({ [SQLITE]: { bytes: database } })).toHaveLength(4);
  });

  it('takes what was added when a package was installed in the place of what it was built with', () => {
    const header = rpmHeader({ name: 'p' });
    const count = header.readUInt32BE(0);
    const [index, data] = [header.subarray(8, 8 + count * 16), header.subarray(8 + count * 16)];
    const added = Buffer.from(index.subarray(16, 32));
    added.writeUInt32BE(data.length, 8);
    const start = Buffer.alloc(8);
    start.writeUInt32BE(count + 1, 0);
    start.writeUInt32BE(data.length + 4, 4);
    const blob = Buffer.concat([start, index, added, data, Buffer.from('9.9\0')]);
    const { packages } = extract({ [SQLITE]: { bytes: sqliteDatabase([blob]).database } });
    expect(packages[0]?.version).toBe('9.9-1');
  });

  it('owns no file that another package replaced, or that was never installed', () => {
    const { owned } = extractOne({
      name: 'p',
      files: ['/usr/bin/p', '/usr/bin/q', '/usr/bin/r'],
      states: [0, 1, 2],
    });
    expect(owned).toEqual([{ path: 'usr/bin/p', owner: 'p' }]);
  });

  it('reads the file names of packages from before they were split', () => {
    const { owned } = extractOne({ name: 'p', tags: { 1027: ['/usr/bin/p'] } });
    expect(owned).toEqual([{ path: 'usr/bin/p', owner: 'p' }]);
  });

  it.each(RPM_DATABASES)(
    'looks for a database at $path, which captures keep',
    ({ path, format }) => {
      const [, bytes] = FORMATS[format];
      expect(names({ [path]: { bytes } })).toHaveLength(3);
      expect(isWanted(path)).toBe(true);
    },
  );

  it('counts a database once that is reached by a link', () => {
    const [path, bytes] = FORMATS.ndb;
    const files = {
      [path]: { bytes },
      'var/lib/rpm': { link: '../../usr/lib/sysimage/rpm' },
      'usr/share/rpm': { link: '/usr/lib/sysimage/rpm' },
    };
    expect(extract(files).owned).toHaveLength(500);
    expect(extract(files)).toMatchObject({ problems: [], packages: [{ path }, {}, {}] });
  });

  it('keeps what two databases list, and tells where they do not agree', () => {
    const other = sqliteDatabase([BLOBS[0] ?? Buffer.of(), rpmHeader({ name: 'zlib' })]).database;
    const { packages, problems } = extract({
      [SQLITE]: { bytes: other },
      [NDB]: { bytes: FORMATS.ndb[1] },
    });
    expect(packages.map(({ name }) => name)).toEqual(['bash', 'zlib', 'openssl-libs', 'tzdata']);
    expect(problems).toEqual([
      { path: NDB, reason: `does not agree with ${SQLITE}: 2 packages only here, 1 only there` },
    ]);
    expect(
      extract({ [SQLITE]: { bytes: FORMATS.sqlite[1] }, [NDB]: { bytes: FORMATS.ndb[1] } }),
    ).toMatchObject({ problems: [] });
  });

  it('has nothing to say where there is no rpm database', () => {
    expect(extract({ 'var/lib/rpm/macros': '' })).toEqual({
      packages: [],
      owned: [],
      problems: [],
    });
  });
});

describe('a write-ahead log', () => {
  const { database, log } = sqliteDatabase(BLOBS.slice(0, 1), BLOBS.slice(1));

  it('is read with its database, and kept in captures', () => {
    expect(names({ [SQLITE]: { bytes: database } })).toEqual(['bash']);
    expect(
      extract({ [SQLITE]: { bytes: database }, [`${SQLITE}-wal`]: { bytes: log } }),
    ).toMatchObject({
      packages: [{ name: 'bash' }, { name: 'openssl-libs' }, { name: 'tzdata' }],
      problems: [],
    });
    expect(isWanted(`${SQLITE}-wal`)).toBe(true);
  });

  it('may be empty, as rpm leaves it', () => {
    expect(extract({ [SQLITE]: { bytes: database }, [`${SQLITE}-wal`]: '' })).toMatchObject({
      packages: [{ name: 'bash' }],
      problems: [],
    });
  });

  it('ends where an earlier use of its file begins', () => {
    const files = writeSqlite((sqlite, insert) => {
      for (const blob of BLOBS) insert(blob);
      sqlite.exec('PRAGMA wal_checkpoint(RESTART)');
      sqlite.exec('DELETE FROM Packages WHERE hnum > 1');
    });
    expect(
      extract({ [SQLITE]: { bytes: files.database }, [`${SQLITE}-wal`]: { bytes: files.log } }),
    ).toMatchObject({ packages: [{ name: 'bash' }], problems: [] });
  });

  it('counts up to the last transaction that is whole', () => {
    const cut = log.subarray(0, log.length - 1);
    expect(names({ [SQLITE]: { bytes: database }, [`${SQLITE}-wal`]: { bytes: cut } })).toEqual([
      'bash',
      'openssl-libs',
    ]);
  });

  it.each([
    ['was not kept', { kept: false }, 'its write-ahead log: its content was not kept'],
    ['is none', { text: 'no log' }, 'its write-ahead log is none'],
    [
      'is damaged',
      { bytes: Buffer.concat([log.subarray(0, 12), Buffer.from([7]), log.subarray(13)]) },
      'its write-ahead log is damaged',
    ],
  ])('that %s is told, and the database stands', (_, file, reason) => {
    expect(extract({ [SQLITE]: { bytes: database }, [`${SQLITE}-wal`]: file })).toMatchObject({
      packages: [{ name: 'bash' }],
      problems: [{ path: SQLITE, reason }],
    });
  });
});

describe('a database that cannot be read', () => {
  it.each([
    [SQLITE, { text: 'whatever it holds' }, 'no SQLite database'],
    [SQLITE, { text: '' }, 'no SQLite database'],
    [NDB, { text: 'whatever it holds' }, 'no NDB database'],
    [BDB, { text: 'whatever it holds' }, 'no hash database of Berkeley DB'],
    [SQLITE, { kept: false }, 'its content was not kept'],
    [SQLITE, { link: 'nowhere' }, 'a link that leads to no file'],
    [BDB, { type: 'directory' }, 'not a regular file'],
    [SQLITE, { bytes: sqliteDatabase([]).database }, 'a database without any package'],
    [NDB, { bytes: ndbDatabase([]) }, 'a database without any package'],
    [BDB, { bytes: bdbDatabase([]) }, 'a database without any package'],
  ] as const)('%s with %j is a problem: %s', (path, file, reason) => {
    expect(extract({ [path]: file })).toEqual({
      packages: [],
      owned: [],
      problems: [{ path, reason }],
    });
  });

  it.each([
    ['no header', Buffer.from('no header'), 'a header of 9 bytes that is none'],
    ['no name', headerOf({ 1001: '1', 1002: '1' }), 'a header without a name'],
    ['no version', headerOf({ 1000: 'p', 1002: '1' }), 'record of "p" without a version'],
    [
      'a number for a name',
      headerOf({ 1000: { numbers: [1] } }),
      'a header whose tag 1000 cannot be read',
    ],
    [
      'a text for an epoch',
      rpmHeader({ name: 'p', tags: { 1003: 'one' } }),
      'a header whose tag 1003 cannot be read',
    ],
    ['a malformed name', rpmHeader({ name: 'p q' }), 'record with a malformed name: "p q"'],
    [
      'a malformed version',
      rpmHeader({ name: 'p', version: '1 2' }),
      'record of "p": malformed version "1 2-1"',
    ],
    [
      'a file in no folder',
      rpmHeader({ name: 'p', files: ['/a/b'], tags: { 1116: { numbers: [9] } } }),
      'a header with a file in no folder',
    ],
  ])('of a package with %s tells that, and keeps the rest', (_, blob, reason) => {
    const bytes = sqliteDatabase([blob, ...BLOBS]).database;
    const { packages, problems } = extract({ [SQLITE]: { bytes } });
    expect(packages).toHaveLength(3);
    expect(problems).toEqual([{ path: SQLITE, reason }]);
  });

  it('of NDB is checked against its sums', () => {
    const bytes = Buffer.from(FORMATS.ndb[1]);
    bytes.write('zash', bytes.indexOf('bash'));
    const { packages, problems } = extract({ [NDB]: { bytes } });
    expect(packages.map(({ name }) => name)).toEqual(['openssl-libs', 'tzdata']);
    expect(problems).toEqual([{ path: NDB, reason: 'package 1 is damaged' }]);
  });

  it('makes no room for what a small header claims', () => {
    const folder = `/${'x'.repeat(60_000)}/`;
    const files = Array.from({ length: 3000 }, (_, at) => folder + at);
    const { packages, problems } = extractOne({ name: 'p', files });
    expect(packages).toEqual([]);
    expect(problems).toEqual([{ path: SQLITE, reason: 'more files than are read' }]);
  });

  it.each(Object.entries(FORMATS))(
    'truncated %s misses no package in silence',
    (_, [path, bytes]) => {
      fc.assert(
        fc.property(fc.nat(bytes.length - 1), (length) => {
          const { packages, problems } = extract({ [path]: { bytes: bytes.subarray(0, length) } });
          expect(packages.length === 3 || problems.length > 0).toBe(true);
        }),
        { numRuns: 200 },
      );
    },
  );

  it.each(Object.entries(FORMATS))('damaged %s is read to an end', (_, [path, bytes]) => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 20 }),
        (changes) => {
          const damaged = Buffer.from(bytes);
          for (const [at, byte] of changes) damaged[at] = byte;
          const { packages, problems } = extract({ [path]: { bytes: damaged } });
          expect(packages.length > 0 || problems.length > 0).toBe(true);
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('container-manifest-2', () => {
  it('is a list of packages without files', () => {
    const { packages, owned, problems } = extract({
      [RPM_MANIFEST]:
        'ca-certificates-base\t3.0.0-8.azl3\t1\t1\tMicrosoft Corporation\t1\t10\tnoarch\t1\tca-certificates-3.0.0-8.azl3.src.rpm\r\n\nglibc\t2.38-8.azl3\t1\t1\tMicrosoft Corporation\t(none)\t10\tx86_64\t0\tglibc-2.38-8.azl3.src.rpm\ngpg-pubkey\t3135ce90-5e6fda74\t1\t1\t(none)\t(none)\t0\t(none)\t0\t(none)\n',
    });
    expect(problems).toEqual([]);
    expect(owned).toEqual([]);
    expect(packages).toMatchObject([
      {
        name: 'ca-certificates-base',
        version: '1:3.0.0-8.azl3',
        source: { name: 'ca-certificates', version: '3.0.0-8.azl3' },
        arch: 'noarch',
        path: RPM_MANIFEST,
      },
      { name: 'glibc', version: '2.38-8.azl3' },
    ]);
    expect(isWanted(RPM_MANIFEST)).toBe(true);
  });

  it.each([
    ['glibc\t2.38-8.azl3\n', 'line 1 is no package: "glibc\\t2.38-8.azl3"'],
    ['', 'a list without any package'],
  ])('that says %j is told', (text, reason) => {
    expect(extract({ [RPM_MANIFEST]: text })).toEqual({
      packages: [],
      owned: [],
      problems: [{ path: RPM_MANIFEST, reason }],
    });
  });
});

describe.skipIf(!HAS_REFERENCE_DATA)('rpmExtractor on real databases', () => {
  /** What rpm says of them: name, epoch, version, release, architecture, source. */
  function expected(file: string): string[] {
    const lines = Buffer.from(goldenFile(file)).toString().trimEnd().split('\n');
    return lines
      .map((line) => {
        const [name, epoch, version, release, arch, source] = line.split('\t');
        return `${name} ${epoch === '(none)' ? '' : `${epoch}:`}${version}-${release} ${arch} ${source}`;
      })
      .sort();
  }

  function found(files: Files): string[] {
    return extract(files)
      .packages.map(
        ({ name, version, arch, source }) =>
          `${name} ${version} ${arch} ${source?.name}-${source?.version}.src.rpm`,
      )
      .sort();
  }

  it.each([
    ['mariner-sqlite', 'rpmdb.sqlite', 129, SQLITE],
    ['sle15-ndb', 'Packages.db', 35, NDB],
  ])('reads of %s.%s what rpm reads: %d packages', (name, end, count, path) => {
    const files = { [path]: { bytes: goldenFile(`rpm/${name}.${end}`) } };
    expect(extract(files).problems).toEqual([]);
    expect(found(files)).toEqual(expected(`rpm/${name}.expected.tsv`));
    expect(found(files)).toHaveLength(count);
  });

  it('reads the one package of a Berkeley DB', () => {
    const { packages, owned, problems } = extract({
      [BDB]: { bytes: goldenFile('rpm/libuuid-bdb.Packages') },
    });
    expect(problems).toEqual([]);
    expect(packages).toMatchObject([
      {
        name: 'libuuid',
        version: '2.32.1-42.el8_8',
        arch: 'x86_64',
        source: { name: 'util-linux', version: '2.32.1-42.el8_8' },
      },
    ]);
    expect(owned).toContainEqual({ path: 'usr/lib64/libuuid.so.1.3.0', owner: 'libuuid' });
  });

  it('reads the packages of a distroless image', () => {
    const { packages, problems } = extract({
      [RPM_MANIFEST]: { bytes: goldenFile('rpm/container-manifest-2') },
    });
    expect(problems).toEqual([]);
    expect(packages.map(({ name, version }) => `${name} ${version}`)).toEqual([
      'mariner-release 2.0-12.cm2',
      'filesystem 1.1-9.cm2',
      'glibc 2.35-2.cm2',
      'openssl-libs 1.1.1k-15.cm2',
      'vim 2:9.0-1.cm2',
    ]);
  });

  it.each([
    ['mariner-sqlite.rpmdb.sqlite', SQLITE, 129],
    ['sle15-ndb.Packages.db', NDB, 35],
    ['libuuid-bdb.Packages', BDB, 1],
  ])('half of %s is a problem', (file, path, count) => {
    const bytes = goldenFile(`rpm/${file}`);
    const { packages, problems } = extract({
      [path]: { bytes: bytes.subarray(0, bytes.length / 2) },
    });
    expect(packages.length).toBeLessThan(count);
    expect(problems).not.toEqual([]);
  });
});

describe('a hostile database', () => {
  it('makes no more of a file than its size, where rows of SQLite lie over each other', () => {
    const blob = rpmHeader({ name: 'p' });
    const { database } = sqliteDatabase([blob, ...BLOBS]);
    const hostile = Buffer.from(database);
    // The leaf with the first packages: every cell is the first one, as often as the page has room.
    const page = hostile.indexOf(blob) & ~4095;
    const cell = hostile.readUInt16BE(page + 8);
    const count = 1000;
    hostile.writeUInt16BE(count, page + 3);
    for (let at = 0; at < count; at++) hostile.writeUInt16BE(cell, page + 8 + at * 2);
    const { packages, problems } = extract({ [SQLITE]: { bytes: hostile } });
    expect(packages).toHaveLength(1);
    expect(problems).toEqual([{ path: SQLITE, reason: 'packages that lie over each other' }]);
  });

  it('sums no bytes of NDB twice', () => {
    const [, database] = FORMATS.ndb;
    const hostile = Buffer.from(database);
    const slot = hostile.subarray(32 + 2 * 16, 32 + 3 * 16);
    for (let at = 32; at < 4096; at += 16) slot.copy(hostile, at);
    const { packages, problems } = extract({ [NDB]: { bytes: hostile } });
    expect(packages).toHaveLength(1);
    expect(problems).toEqual([{ path: NDB, reason: 'packages that lie over each other' }]);
  });

  it('goes round no circle of Berkeley DB', () => {
    const [, database] = FORMATS.bdb;
    const hostile = Buffer.from(database);
    const chain = hostile.indexOf(BLOBS[2]?.subarray(0, 100) ?? '') - 26;
    hostile.writeUInt32LE(chain / 512, chain + 16);
    const { packages, problems } = extract({ [BDB]: { bytes: hostile } });
    expect(packages).toHaveLength(2);
    expect(problems).toEqual([{ path: BDB, reason: `page ${chain / 512} is used twice` }]);
  });
});
