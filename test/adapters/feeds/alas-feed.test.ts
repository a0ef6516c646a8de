import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FeedUnavailableError } from '../../../actions/ports.ts';
import { writeSnapshot } from '../../../actions/write-snapshot.ts';
import { type AlasFeedOptions, createAlasFeed } from '../../../adapters/feeds/alas-feed.ts';
import { createS3Fetch } from '../../../adapters/feeds/s3-fetch.ts';
import { createMemoryObjectStore } from '../../../adapters/local/memory-object-store.ts';
import { compileRecord } from '../../../core/advisory/compile-record.ts';
import { parseOsvRecord, UnreadableRecord } from '../../../core/advisory/osv.ts';
import type { FeedValidator } from '../../../core/run/run.ts';
import {
  type AmazonServer,
  anUpdateinfo,
  type MadeUpUpdate,
  startAmazonServer,
} from '../../support/amazon-repository.ts';
import { collect } from '../../support/collect.ts';
import { startTestS3 } from '../../support/s3-server.ts';

let server: AmazonServer;
let folder: string;
beforeEach(async () => {
  server = await startAmazonServer();
  folder = await mkdtemp(join(tmpdir(), 'tidewatch-'));
});
afterEach(async () => {
  await server[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

function open(options: Partial<AlasFeedOptions> = {}) {
  return createAlasFeed({
    name: 'amazon-2023',
    release: '2023',
    repositories: ['core'],
    url: server.url,
    control: null,
    folder,
    sleep: async () => {},
    random: () => 0,
    ...options,
  });
}

async function read(options: Partial<AlasFeedOptions> = {}, known: FeedValidator | null = null) {
  const answer = await open(options).read(known);
  if (answer.kind === 'unchanged') return answer;
  return { validator: answer.validator, records: (await collect(answer.records)).flat() };
}

const LIST = (arch: string, repository = 'core') =>
  `al2023/${repository}/mirrors/latest/${arch}/mirror.list`;

/** The same repository for both architectures, of which each lists its own packages. */
function putCore(updates: readonly MadeUpUpdate[]): void {
  for (const arch of ['x86_64', 'aarch64']) {
    const own = updates.map((update) => ({
      ...update,
      packages: update.packages.filter(
        (each) => /\.(?:noarch|src)$/.test(each) || each.endsWith(arch),
      ),
    }));
    server.put(LIST(arch), anUpdateinfo(own));
  }
}

const OPENSSL: MadeUpUpdate = {
  id: 'ALAS2023-2026-9001',
  issued: '2026-07-01 20:41:00',
  updated: '2026-07-02 23:22',
  cves: ['CVE-2026-9000002', 'CVE-2026-9000001'],
  packages: [
    'openssl-libs=1:3.0.8-1.amzn2023.0.10.x86_64',
    'openssl-libs=1:3.0.8-1.amzn2023.0.10.aarch64',
    'openssl-docs=0:3.0.8-1.amzn2023.0.10.noarch',
    'openssl=1:3.0.8-1.amzn2023.0.10.src',
  ],
};

const fixed = (name: string, version: string, arch?: string) => ({
  package: {
    ecosystem: 'Amazon Linux:2023',
    name,
    purl: `pkg:rpm/amzn/${name}${arch ? `?arch=${arch}` : ''}`,
  },
  ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed: version }] }],
});

it('makes one record of an advisory, of the lists of both architectures', async () => {
  putCore([OPENSSL]);
  const answer = await read();
  expect(answer).toMatchObject({
    records: [
      {
        id: 'ALAS2023-2026-9001',
        published: '2026-07-01T20:41:00.000Z',
        modified: '2026-07-02T23:22:00.000Z',
        upstream: ['CVE-2026-9000001', 'CVE-2026-9000002'],
        affected: [
          fixed('openssl-docs', '3.0.8-1.amzn2023.0.10'),
          fixed('openssl-libs', '1:3.0.8-1.amzn2023.0.10', 'aarch64'),
          fixed('openssl-libs', '1:3.0.8-1.amzn2023.0.10', 'x86_64'),
        ],
      },
    ],
  });
  expect(await readdir(folder), 'nothing is left on the disk').toEqual([]);
});

it('takes a type in whatever letters, and counts what is no security update by its type', async () => {
  const other = { packages: ['x=1-1.amzn2023.x86_64'] };
  putCore([
    { ...OPENSSL, type: ' Security' },
    { ...other, id: 'ALAS2023-2026-9002', type: 'bugfix' },
    { ...other, id: 'ALAS2023-2026-9003', type: 'Bugfix' },
    { ...other, id: 'ALAS2023-2026-9004', type: 'newpackage' },
    { ...other, id: 'ALAS2023-2026-9005', type: '' },
  ]);
  const answer = await open().read(null);
  if (answer.kind === 'unchanged') throw new Error('unchanged');
  const objects = createMemoryObjectStore();
  const written = await writeSnapshot(objects, 'amazon-2023', answer.records);
  // Each architecture has a list.
  expect(written).toMatchObject({
    records: 1,
    malformed: 2,
    passedOver: { bugfix: 4, newpackage: 2 },
  });
  expect(written.problems[0]).toMatch(/: an update without a type: "ALAS2023-2026-9005"$/);
});

it('names an update of two ids, or two severities, and joins neither', async () => {
  const two = '<id>ALAS2023-2026-9001</id><id>ALAS2023-2026-9002</id>';
  const text = anUpdateinfo([OPENSSL]);
  server.put(LIST('aarch64'), text.replace('<id>ALAS2023-2026-9001</id>', two));
  server.put(LIST('x86_64'), text.replace('</severity>', '</severity><severity>Low</severity>'));
  const answer = await read();
  const records = 'records' in answer ? answer.records : [];
  expect(
    records.map((each) => (each instanceof UnreadableRecord ? each.reason : each)),
  ).toMatchObject([
    'ALAS2023-2026-9001: 2 severities',
    'an update of 2 ids: "ALAS2023-2026-9001, ALAS2023-2026-9002"',
    { id: 'ALAS2023-2026-9001', database_specific: { severity: '' } },
  ]);
});

it('makes entries that are found by binary name, for their architecture, with Amazon’s word', async () => {
  putCore([{ ...OPENSSL, severity: 'medium' }]);
  const answer = await read();
  const [record] = 'records' in answer ? answer.records : [];
  const entries = compileRecord('amazon-2023', parseOsvRecord(record));
  expect(
    entries.map(({ ecosystem, name, arch, severity }) => [ecosystem, name, arch, severity]),
  ).toEqual([
    ['Amazon Linux:2023', 'openssl-docs', null, 'medium'],
    ['Amazon Linux:2023', 'openssl-libs', 'aarch64', 'medium'],
    ['Amazon Linux:2023', 'openssl-libs', 'x86_64', 'medium'],
  ]);
});

it('reads the repositories that are named, of Amazon Linux 2 too', async () => {
  const update = (id: string) => anUpdateinfo([{ id, packages: ['docker=20.10-1.amzn2.x86_64'] }]);
  for (const arch of ['x86_64', 'aarch64']) {
    server.put(`2/core/latest/${arch}/mirror.list`, update('ALAS2-2026-9001'));
    server.put(`2/extras/docker/latest/${arch}/mirror.list`, update('ALAS2DOCKER-2026-9001'));
  }
  const answer = await read({ release: '2', repositories: ['core', 'extras/docker'] });
  expect(answer).toMatchObject({
    records: [
      { id: 'ALAS2-2026-9001', affected: [{ package: { ecosystem: 'Amazon Linux:2' } }] },
      { id: 'ALAS2DOCKER-2026-9001' },
    ],
  });
});

describe('what it has read before', () => {
  const known = async (options: Partial<AlasFeedOptions> = {}) => {
    const answer = await read(options);
    return 'validator' in answer ? answer.validator : null;
  };

  it('is not downloaded again while the checksums are the same', async () => {
    putCore([OPENSSL]);
    const validator = await known();
    server.asked.length = 0;
    expect(await read({}, validator)).toEqual({ kind: 'unchanged' });
    expect(server.asked.filter((path) => path.includes('updateinfo'))).toEqual([]);
    expect(server.asked, 'both steps are asked for').toHaveLength(4);
  });

  it('is read again from somewhere else, whatever it says', async () => {
    putCore([OPENSSL]);
    const validator = await known();
    const elsewhere = validator && { ...validator, source: 'https://mirror.test 2023 core' };
    expect(await read({}, elsewhere)).toMatchObject({ records: [{ id: OPENSSL.id }] });
  });

  it.each<[string, () => void, Partial<AlasFeedOptions>]>([
    [
      'one architecture has another list',
      () =>
        server.put(
          LIST('aarch64'),
          anUpdateinfo([OPENSSL, { ...OPENSSL, id: 'ALAS2023-2026-9009' }]),
        ),
      {},
    ],
    [
      'another repository is read',
      () => {
        for (const arch of ['x86_64', 'aarch64']) {
          server.put(LIST(arch, 'kernel-livepatch'), anUpdateinfo([OPENSSL]));
        }
      },
      { repositories: ['core', 'kernel-livepatch'] },
    ],
  ])('is read again when %s', async (_, change, options) => {
    putCore([OPENSSL]);
    const validator = await known();
    change();
    expect(await read(options, validator)).toMatchObject({
      records: [{}, {}].slice(0, options.repositories ? 1 : 2),
    });
  });
});

describe('a mirror', () => {
  it('that does not answer gives way to the next one', async () => {
    putCore([OPENSSL]);
    server.put(LIST('x86_64'), anUpdateinfo([OPENSSL]), { mirrors: [`${server.url}/gone`, ''] });
    expect(await read()).toMatchObject({ records: [{ id: OPENSSL.id }] });
  });

  it('is a copy of Amazon’s tree: its lists name Amazon’s host', async () => {
    for (const arch of ['x86_64', 'aarch64']) {
      server.put(LIST(arch), anUpdateinfo([OPENSSL]), { host: 'https://cdn.amazonlinux.com' });
    }
    expect(await read()).toMatchObject({ records: [{ id: OPENSSL.id }] });
  });

  it('may lie in S3, below a prefix', async () => {
    for (const arch of ['x86_64', 'aarch64']) {
      server.put(LIST(arch), anUpdateinfo([OPENSSL]), { host: 'https://cdn.amazonlinux.com' });
    }
    const s3 = await startTestS3();
    try {
      for (const [path, bytes] of server.files) s3.replace(`mirror/amzn${path}`, bytes);
      const options = { url: 's3://objects/mirror/amzn', fetch: createS3Fetch(s3.client) };
      expect(await read(options)).toMatchObject({ records: [{ id: OPENSSL.id }] });
      expect(await open(options).probe()).toBe('answers with 2 lists of updates, 1 MB');
    } finally {
      await s3.stop();
    }
  });

  it.each(['http://mirror.test/x', 'file:///etc', 's3://other/x', 'ftp://x'])(
    'is never one like %s',
    async (mirror) => {
      putCore([OPENSSL]);
      server.files.set(`/${LIST('x86_64')}`, Buffer.from(mirror));
      await expect(read()).rejects.toThrow(`would not read from: ${JSON.stringify(mirror)}`);
    },
  );
});

it.each([
  ['zstd', 'updateinfo.xml.zst', (text: string) => zstdCompressSync(text)],
  ['nothing', 'abc-updateinfo.xml', (text: string) => Buffer.from(text)],
])('reads a list that is packed with %s', async (_, fileName, pack) => {
  for (const arch of ['x86_64', 'aarch64']) {
    server.put(LIST(arch), pack(anUpdateinfo([OPENSSL])), { fileName });
  }
  expect(await read()).toMatchObject({ records: [{ id: OPENSSL.id }] });
});

it('names what of an update cannot be read, and keeps the rest', async () => {
  const text = anUpdateinfo([OPENSSL, { id: 'no id', packages: [] }])
    .replace(/name="openssl-docs"/, 'name=""')
    .replace('date="2026-07-01 20:41:00"', 'date="soon"');
  for (const arch of ['x86_64', 'aarch64']) server.put(LIST(arch), text);
  const answer = await read();
  const records = 'records' in answer ? answer.records : [];
  const unread = records.filter((each) => each instanceof UnreadableRecord);
  expect(unread).toHaveLength(4);
  expect(unread.map(({ reason }) => reason)).toContain(
    'ALAS2023-2026-9001: a package without name, version, release or architecture: no name',
  );
  expect(unread[0]?.path).toMatch(/^http:.*updateinfo\.xml\.gz$/);
  expect(records.at(-1)).toMatchObject({ id: OPENSSL.id, published: null });
});

describe('is unavailable', () => {
  const whole = anUpdateinfo([OPENSSL]);
  const both = (bytes: string | Buffer, options = {}) => {
    for (const arch of ['x86_64', 'aarch64']) server.put(LIST(arch), bytes, options);
  };
  it.each<[string, () => void, string]>([
    ['when a list of mirrors is gone', () => server.files.clear(), 'mirror.list: not found'],
    [
      'when a list of mirrors is empty',
      () => server.files.set(`/${LIST('x86_64')}`, Buffer.from('# none\n')),
      'names no mirror',
    ],
    [
      'when one architecture is missing',
      () => server.files.delete(`/${LIST('aarch64')}`),
      'aarch64',
    ],
    [
      'when the repository has no list of updates',
      () => both(whole, { repomd: (text: string) => text.replace('"updateinfo"', '"other"') }),
      'has no list of updates',
    ],
    [
      'when repomd.xml is cut short',
      () => both(whole, { repomd: (text: string) => text.slice(0, -20) }),
      'repomd.xml',
    ],
    [
      'when the list lies elsewhere',
      () =>
        both(whole, {
          repomd: (text: string) => text.replace('repodata/updateinfo', '../../x/updateinfo'),
        }),
      'lies elsewhere',
    ],
    [
      'when its checksum is of a kind that proves nothing',
      () => both(whole, { repomd: (text: string) => text.replaceAll('"sha256"', '"md5"') }),
      'no checksum that we know',
    ],
    [
      'when the list is not what its checksum says',
      () =>
        both(whole, {
          repomd: (text: string) =>
            text.replace(/[0-9a-f]{64}(?=<\/checksum><open)/, 'a'.repeat(64)),
        }),
      'updateinfo.xml.gz',
    ],
    ['when the list is cut short', () => both(whole.slice(0, -30)), 'no list of updates'],
    [
      'when the archive is cut short',
      () => both(gzipSync(whole).subarray(0, -12)),
      'no list of updates',
    ],
    ['when the list is another document', () => both('<html><body/></html>'), 'its root is html'],
    [
      'when the list defines entities',
      () =>
        both(
          whole
            .replace('<updates>', '<!DOCTYPE x [<!ENTITY a "aaaa">]><updates>')
            .replace('text', '&a;'),
        ),
      'no list of updates',
    ],
    ['when it has no security updates', () => both(anUpdateinfo([])), 'no records'],
  ])('%s', async (_, spoil, said) => {
    putCore([OPENSSL]);
    spoil();
    const reading = read();
    await expect(reading).rejects.toThrow(FeedUnavailableError);
    await expect(reading).rejects.toThrow(said);
    await expect(reading).rejects.not.toThrow(folder);
    expect(await readdir(folder)).toEqual([]);
  });
});

it('answers the doctor without reading a list, or says what is wrong', async () => {
  putCore([OPENSSL]);
  expect(await open().probe()).toBe('answers with 2 lists of updates, 1 MB');
  expect(server.asked.filter((path) => path.includes('updateinfo'))).toEqual([]);
  await expect(open({ repositories: ['extras/none'] }).probe()).rejects.toThrow(
    'al2023/extras/none/mirrors/latest/x86_64/mirror.list: not found',
  );
});

it.each(['http://mirror.test', 'https://mirror.test/?a=1', 'x'])('takes no base like %s', (url) => {
  expect(() => open({ url })).toThrow('expected an https or s3 URL');
});
