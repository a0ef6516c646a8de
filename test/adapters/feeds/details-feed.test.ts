import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FeedUnavailableError } from '../../../actions/ports.ts';
import { createHttpFeed } from '../../../adapters/feeds/http-feed.ts';
import { collect } from '../../support/collect.ts';
import {
  aCveRecord,
  aGhsaRecord,
  aKevCatalogue,
  aKevEntry,
} from '../../support/details-builders.ts';
import { type FeedServer, startFeedServer } from '../../support/feed-server.ts';
import { type FileInZip, zipOf } from '../../support/zip-archive.ts';

let server: FeedServer;
let folder: string;
beforeEach(async () => {
  server = await startFeedServer(Buffer.alloc(0));
  folder = await mkdtemp(join(tmpdir(), 'tidewatch-'));
});
afterEach(async () => {
  await server[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

async function read(
  path: string,
  known: null | { source: string; etag: string; modified: null } = null,
) {
  const feed = createHttpFeed({
    name: 'details',
    kind: 'details',
    url: `${server.url}/${path}`,
    control: null,
    folder,
    clock: { now: () => new Date('2026-11-22T02:00:00Z') },
    sleep: async () => {},
  });
  const answer = await feed.read(known);
  if (answer.kind === 'unchanged') return answer;
  return { validator: answer.validator, records: (await collect(answer.records)).flat() };
}

const RECORDS = [1, 2, 3].map((n) => aCveRecord(`CVE-2026-900000${n}`, { title: `t${n}` }));

function cveZip(): Buffer {
  const files: FileInZip[] = RECORDS.map((record) => ({
    name: `cves/2026/9000xxx/${record.cveMetadata.cveId}.json`,
    text: JSON.stringify(record),
  }));
  return zipOf([...files, { name: 'cves/delta.json', text: '{"new":[]}' }]);
}

/** As it is published: a zip in a zip. */
function nested(inner: Buffer, options: Partial<FileInZip> = {}): Buffer {
  return zipOf([{ name: 'cves.zip', text: '', bytes: inner, ...options }]);
}

it('takes the advisories out of an archive of GitHub’s repository, and nothing else', async () => {
  const record = aGhsaRecord('GHSA-2222-3333-4444');
  const folder = 'advisory-database-main/advisories/github-reviewed/2026/11/GHSA-2222-3333-4444';
  server.archive = zipOf([
    { name: 'advisory-database-main/README.md', text: '#' },
    { name: 'advisory-database-main/.github/workflow.json', text: '{}' },
    { name: `${folder}/GHSA-2222-3333-4444.json`, text: JSON.stringify(record) },
  ]);
  expect(await read('archive/refs/heads/main.zip')).toMatchObject({ records: [record] });
});

describe('the CVE list', () => {
  it.each([
    ['a zip', 'cves.zip', cveZip],
    ['a zip in a zip', 'cves.zip.zip', () => nested(cveZip())],
    ['a stored zip in a zip', 'cves.zip.zip', () => nested(cveZip(), { stored: true })],
  ])('is read from %s, without the logs beside the records', async (_, name, archive) => {
    server.archive = archive();
    expect(await read(name)).toMatchObject({ records: RECORDS });
    expect(await readdir(folder), 'nothing is left on the disk').toEqual([]);
  });

  it("is named after its day: today's, or yesterday's while that is not out", async () => {
    server.archive = nested(cveZip());
    server.misbehaviours.push((response) => response.writeHead(404).end());
    const answer = await read('latest/{date}_all.zip.zip');

    expect(server.requests.map(({ line }) => line)).toEqual([
      'GET /latest/2026-11-22_all.zip.zip',
      'GET /latest/2026-11-21_all.zip.zip',
    ]);
    expect(answer).toMatchObject({
      records: RECORDS,
      validator: { source: `${server.url}/latest/2026-11-21_all.zip.zip` },
    });
  });

  it('goes on where a download broke off, and asks whether it has changed', async () => {
    server.archive = nested(cveZip());
    server.misbehaviours.push((response) => {
      const { archive } = server;
      response.writeHead(200, { etag: '"1"', 'content-length': archive.length });
      response.write(archive.subarray(0, 100), () => setTimeout(() => response.destroy(), 20));
    });
    expect(await read('cves.zip.zip')).toMatchObject({ records: RECORDS });
    expect(server.requests.at(-1)?.headers.range).toBe('bytes=100-');

    const source = `${server.url}/cves.zip.zip`;
    expect(await read('cves.zip.zip', { source, etag: '"1"', modified: null })).toEqual({
      kind: 'unchanged',
    });
  });

  it.each([
    ['whose inner archive is damaged', () => nested(cveZip(), { crc: 1 })],
    ['whose inner archive is longer than it says', () => nested(cveZip(), { size: 10 })],
    ['whose inner archive is none', () => nested(Buffer.from('PK\x03\x04 no zip'))],
    ['that holds no records', () => nested(zipOf([]))],
  ])('is unavailable in an archive %s', async (_, archive) => {
    server.archive = archive();
    await expect(read('cves.zip.zip')).rejects.toThrow(FeedUnavailableError);
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('the catalogue of exploited vulnerabilities', () => {
  const entries = [aKevEntry('CVE-2026-9000001', '2026-11-02')];

  it('is read from its own file, each entry with the date of the whole', async () => {
    const catalogue = aKevCatalogue(entries);
    server.archive = Buffer.from(JSON.stringify(catalogue));
    const [entry] = entries;
    expect(await read('kev.json')).toMatchObject({
      records: [{ ...entry, dateReleased: catalogue.dateReleased }],
    });
  });

  it.each<[string, string]>([
    ['has fewer entries than it says', JSON.stringify(aKevCatalogue(entries, undefined, 2))],
    ['is cut short', JSON.stringify(aKevCatalogue(entries)).slice(0, -10)],
    ['is something else', '{"error":"maintenance"}'],
    ['is empty', JSON.stringify(aKevCatalogue([]))],
  ])('is unavailable when it %s', async (_, text) => {
    server.archive = Buffer.from(text);
    await expect(read('kev.json')).rejects.toThrow(FeedUnavailableError);
  });
});

it('is no archive of advisories', () => {
  const options = { name: 'x', url: `${server.url}/kev.json`, control: null, folder };
  expect(() => createHttpFeed(options)).toThrow('expected the URL of a .zip');
});
