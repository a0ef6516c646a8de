import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { FeedUnavailableError } from '../../../actions/ports.ts';
import { createHttpFeed } from '../../../adapters/feeds/http-feed.ts';
import type { FeedValidator } from '../../../core/run/run.ts';
import { collect } from '../../support/collect.ts';
import { anEpssTable } from '../../support/details-builders.ts';
import { type FeedServer, startFeedServer } from '../../support/feed-server.ts';

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

function open(path: string) {
  return createHttpFeed({
    name: 'epss',
    kind: 'scores',
    url: `${server.url}/${path}`,
    control: null,
    folder,
    sleep: async () => {},
  });
}

async function read(path: string, known: FeedValidator | null = null) {
  const answer = await open(path).read(known);
  if (answer.kind === 'unchanged') return answer;
  return { validator: answer.validator, records: (await collect(answer.records)).flat() };
}

const TABLE = anEpssTable([
  ['CVE-2026-9000001', '0.94', '0.999'],
  ['CVE-2026-9000002', '0.00043', '0.11'],
]);
const RECORDS = [
  { cve: 'CVE-2026-9000001', epss: '0.94', percentile: '0.999' },
  { cve: 'CVE-2026-9000002', epss: '0.00043', percentile: '0.11' },
].map((each) => ({ ...each, scoreDate: '2026-11-21T00:00:00+0000' }));

it.each<[string, () => Buffer]>([
  ['epss_scores-current.csv.gz', () => gzipSync(TABLE)],
  ['epss.csv', () => Buffer.from(TABLE)],
  ['windows.csv', () => Buffer.from(TABLE.replaceAll('\n', '\r\n'))],
])('reads the table of a day from %s, each row with the day', async (path, archive) => {
  server.archive = archive();
  expect(await read(path)).toMatchObject({ records: RECORDS });
  expect(await readdir(folder), 'nothing is left on the disk').toEqual([]);
});

it('reads columns by their names', async () => {
  const columns = '#x:1, score_date:2026-11-21T00:00:00+0000\npercentile,cve,extra,epss\n';
  server.archive = Buffer.from(`${columns}0.999,CVE-2026-9000001,x,0.94\n`);
  expect(await read('epss.csv')).toMatchObject({ records: RECORDS.slice(0, 1) });
});

it('asks whether the table has changed', async () => {
  server.archive = gzipSync(TABLE);
  const first = await read('epss.csv.gz');
  expect(await read('epss.csv.gz', 'validator' in first ? first.validator : null)).toEqual({
    kind: 'unchanged',
  });
});

it.each<[string, () => Buffer]>([
  ['is a page', () => Buffer.from('<html>maintenance</html>')],
  ['is cut short', () => gzipSync(TABLE.repeat(50)).subarray(0, 60)],
  ['has no rows', () => gzipSync(anEpssTable([]))],
  ['does not say its day', () => gzipSync(TABLE.replace('score_date', 'day'))],
  [
    'says a day that is none',
    () => gzipSync(TABLE.replace(/score_date:[^\n]+/, 'score_date:yesterday')),
  ],
  ['has other columns', () => gzipSync(TABLE.replace('percentile', 'rank'))],
  ['is empty', () => gzipSync('')],
])('is unavailable when it %s', async (_, archive) => {
  server.archive = archive();
  await expect(read('epss.csv.gz')).rejects.toThrow(FeedUnavailableError);
  expect(await readdir(folder)).toEqual([]);
});

it('is no archive of advisories, and an archive is no table', () => {
  const options = { name: 'x', url: `${server.url}/epss.csv.gz`, control: null, folder };
  expect(() => createHttpFeed(options)).toThrow('expected the URL of a .zip');
  expect(() => open('all.zip')).toThrow('expected the URL of a .csv or .csv.gz');
});

it('answers the doctor', async () => {
  server.archive = gzipSync(TABLE);
  expect(await open('epss.csv.gz').probe()).toContain('answers with 1 MB');
});
