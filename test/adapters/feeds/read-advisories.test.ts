import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FeedUnavailableError } from '../../../actions/ports.ts';
import { RECORD_LIMIT } from '../../../adapters/feeds/parse-record.ts';
import { readAdvisories, UnknownAdvisoriesError } from '../../../adapters/feeds/read-advisories.ts';
import { PassedOver, UnreadableRecord } from '../../../core/advisory/osv.ts';
import { anUpdateinfo } from '../../support/amazon-repository.ts';
import { collect } from '../../support/collect.ts';
import { type FileInZip, zipOf } from '../../support/zip-archive.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'advisories-'));
});
afterEach(() => rm(folder, { recursive: true }));

const FILES: readonly FileInZip[] = [
  { name: 'a.json', text: '{"id":"A"}' },
  { name: 'README.md', text: 'no record' },
  { name: 'deep/b.json', text: '{"id":"B",' },
  { name: 'deep/c.json', text: '{"id":"C"}', stored: true },
];

describe('readAdvisories', () => {
  it('reads a folder and the folders in it, by name', async () => {
    await mkdir(join(folder, 'deep'));
    for (const { name, text } of FILES) await writeFile(join(folder, name), text);
    await symlink('nowhere', join(folder, 'z.json'));
    expect(await read()).toEqual([
      { id: 'A' },
      unreadable('deep/b.json', /not JSON/),
      { id: 'C' },
      unreadable('z.json', /ENOENT/),
    ]);
  });

  it.each(['all.zip', 'more.tar.gz', 'b.ndjson', 'c.jsonl.gz', 'updateinfo.xml.xz'])(
    'names %s in a folder, which it does not read',
    async (name) => {
      await writeFile(join(folder, 'a.json'), '{"id":"A"}');
      await writeFile(join(folder, name), 'anything');
      expect(await read()).toEqual(
        expect.arrayContaining([{ id: 'A' }, unreadable(name, /name the file itself/)]),
      );
    },
  );

  it('does not read a file above the limit', async () => {
    await writeFile(join(folder, 'a.json'), ' '.repeat(RECORD_LIMIT + 1));
    expect(await read()).toEqual([unreadable('a.json', /larger than 16777216 bytes/)]);
  });

  it.each([
    ['x.ndjson', (text: string) => Buffer.from(text)],
    ['x.jsonl', (text: string) => Buffer.from(text)],
    [
      'x.ndjson.gz',
      (text: string) => Buffer.concat([gzipSync(text.slice(0, 20)), gzipSync(text.slice(20))]),
    ],
    ['x.jsonl.gz', (text: string) => gzipSync(text)],
  ])('reads the lines of %s', async (name, encode) => {
    const long = 'x'.repeat(300_000);
    const lines = ['{"id":"A"}', '', '{"id":', `{"id":"${long}"}\r`, '   ', '{"id":"Z"}'];
    await writeFile(join(folder, name), encode(lines.join('\n')));
    expect(await read(name)).toEqual([
      { id: 'A' },
      unreadable(`${name}:3`, /not JSON/),
      { id: long },
      { id: 'Z' },
    ]);
  });

  it('goes on after a line above the limit', async () => {
    await writeFile(join(folder, 'x.ndjson'), `${' '.repeat(RECORD_LIMIT + 1)}\n{"id":"A"}\n`);
    expect(await read('x.ndjson')).toEqual([unreadable('x.ndjson:1', /larger/), { id: 'A' }]);
  });

  it.each([
    ['updateinfo.xml', (text: string) => Buffer.from(text)],
    ['0123abc-updateinfo.xml.gz', (text: string) => gzipSync(text)],
    ['updateinfo.xml.zst', (text: string) => zstdCompressSync(text)],
  ])(
    'reads %s as Amazon Linux’s feed does, of the release that its packages say',
    async (name, encode) => {
      const list = anUpdateinfo([
        { id: 'ALAS2023-2026-9001', packages: ['zlib=1:1.2-1.amzn2023.0.1.x86_64'] },
        { id: 'ALAS2-2026-9001', packages: ['zlib=1.2-1.amzn2.x86_64'] },
        { id: 'FEDORA-2026-9001', packages: ['zlib=1.2-1.fc45.x86_64'] },
        { id: 'ALAS2023-2026-9002', type: 'bugfix', packages: ['zlib=9-1.amzn2023.x86_64'] },
      ]);
      await mkdir(join(folder, 'deep'));
      await writeFile(join(folder, 'deep', name), encode(list));
      const at = (path: string) => [
        new PassedOver('bugfix'),
        expect.objectContaining({ id: 'ALAS2-2026-9001' }),
        expect.objectContaining({ id: 'ALAS2023-2026-9001' }),
        unreadable(path, /^FEDORA-2026-9001: of no release of Amazon Linux/),
      ];
      expect(await read(join('deep', name))).toEqual(at(join('deep', name)));
      expect(await read()).toEqual(at(join('deep', name)));
    },
  );

  it('refuses text that is not UTF-8', async () => {
    await writeFile(join(folder, 'x.ndjson'), Buffer.from('{"id":"\xff"}\n', 'latin1'));
    expect(await read('x.ndjson')).toEqual([unreadable('x.ndjson:1', /not JSON/)]);
  });

  it.each(['x.tar.gz', 'x.tgz'])('reads %s', async (name) => {
    await writeFile(join(folder, name), gzipSync(await tarOf(FILES)));
    expect(await read(name)).toEqual([
      { id: 'A' },
      unreadable(`${name}!deep/b.json`, /not JSON/),
      { id: 'C' },
    ]);
  });

  it('goes on after a member above the limit', async () => {
    const big = { name: 'big.json', text: ' '.repeat(RECORD_LIMIT + 1) };
    await writeFile(join(folder, 'x.tgz'), gzipSync(await tarOf([big, ...FILES.slice(0, 1)])));
    expect(await read('x.tgz')).toEqual([unreadable('x.tgz!big.json', /larger/), { id: 'A' }]);
  });

  it.each([false, true])('reads a zip (zip64: %s)', async (zip64) => {
    await writeFile(join(folder, 'x.zip'), zipOf(FILES, zip64));
    expect(await read('x.zip')).toEqual([
      { id: 'A' },
      unreadable('x.zip!deep/b.json', /not JSON/),
      { id: 'C' },
    ]);
  });

  it('does not trust what a zip says of a member', async () => {
    const text = '{"id":"A"}';
    const files = [
      { name: 'crc.json', text, crc: 1 },
      { name: 'long.json', text, size: 3 },
      { name: 'short.json', text, size: 99 },
      { name: 'bomb.json', text, size: RECORD_LIMIT + 1 },
      { name: 'good.json', text },
    ];
    await writeFile(join(folder, 'x.zip'), zipOf(files, false));
    expect(await read('x.zip')).toEqual([
      unreadable('x.zip!crc.json', /checksum/),
      unreadable('x.zip!long.json', /larger than 4 bytes|Cannot create a Buffer larger/),
      unreadable('x.zip!short.json', /expected 99 bytes, got 10/),
      unreadable('x.zip!bomb.json', /larger/),
      { id: 'A' },
    ]);
  });

  it('reads an empty zip, and one with a comment', async () => {
    await writeFile(join(folder, 'x.zip'), zipOf([], false));
    expect(await read('x.zip')).toEqual([]);
    const zip = zipOf(FILES.slice(0, 1), false);
    zip.writeUInt16LE(5, zip.length - 2);
    await writeFile(join(folder, 'y.zip'), Buffer.concat([zip, Buffer.from('hello')]));
    expect(await read('y.zip')).toEqual([{ id: 'A' }]);
  });

  it.each([
    ['x.zip', () => Promise.resolve(zipOf(FILES, false).subarray(0, -30))],
    ['x.zip', () => Promise.resolve(zipOf(FILES, false).subarray(40))],
    ['x.zip', () => Promise.resolve(Buffer.from('<html>'))],
    ['x.tgz', async () => gzipSync(await tarOf(FILES)).subarray(0, -20)],
    ['x.tgz', async () => gzipSync((await tarOf(FILES)).subarray(0, 700))],
    ['x.tgz', () => Promise.resolve(Buffer.from('<html>'))],
    ['x.ndjson.gz', () => Promise.resolve(gzipSync('{"id":"A"}\n').subarray(0, -9))],
    ['updateinfo.xml', () => Promise.resolve(Buffer.from('<updates><update'))],
  ])('says that %s breaks off', async (name, make) => {
    await writeFile(join(folder, name), await make());
    await expect(read(name)).rejects.toThrow(FeedUnavailableError);
  });

  it('lets its reader stop early', async () => {
    await writeFile(join(folder, 'x.tgz'), gzipSync(await tarOf(FILES)));
    for await (const [record] of readAdvisories(join(folder, 'x.tgz'))) {
      expect(record).toEqual({ id: 'A' });
      break;
    }
  });

  it.each(['x.txt', 'x.tar', 'missing.zip'])('refuses %s', async (name) => {
    if (name !== 'missing.zip') await writeFile(join(folder, name), '');
    await expect(read(name)).rejects.toThrow(UnknownAdvisoriesError);
  });
});

async function read(name = ''): Promise<unknown[]> {
  return (await collect(readAdvisories(join(folder, name)))).flat();
}

function unreadable(path: string, reason: RegExp): unknown {
  const expected = { path: join(folder, path), reason: expect.stringMatching(reason) };
  return Object.assign(Object.create(UnreadableRecord.prototype), expected);
}

async function tarOf(files: readonly FileInZip[]): Promise<Buffer> {
  const archive = pack();
  archive.entry({ name: 'deep', type: 'directory' });
  for (const { name, text } of files) archive.entry({ name }, text);
  archive.finalize();
  return Buffer.concat(await collect(archive as AsyncIterable<Buffer>));
}
