import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FeedUnavailableError } from '../../../actions/ports.ts';
import { crc32c } from '../../../adapters/feeds/crc32c.ts';
import { InvalidFeedUrlError } from '../../../adapters/feeds/feed-url.ts';
import { createHttpFeed, type HttpFeedOptions } from '../../../adapters/feeds/http-feed.ts';
import type { FeedValidator } from '../../../core/run/run.ts';
import { collect } from '../../support/collect.ts';
import { type FeedServer, startFeedServer } from '../../support/feed-server.ts';
import { newFolder } from '../../support/play-folder.ts';
import { zipOf } from '../../support/zip-archive.ts';

const RECORDS = [{ id: 'A' }, { id: 'B' }];
const ZIP = zipOf(RECORDS.map((record) => ({ name: `${record.id}.json`, text: textOf(record) })));
const FEED = 'osv-pypi';
const folder = newFolder();

let server: FeedServer;
let waits: number[];
beforeEach(async () => {
  server = await startFeedServer(ZIP);
  waits = [];
});
afterEach(() => server[Symbol.asyncDispose]());

describe('an archive over HTTP', () => {
  it.each([
    ['all.zip', ZIP],
    ['all.ndjson', Buffer.from(RECORDS.map(textOf).join('\n'))],
    ['all.jsonl.gz', gzipSync(RECORDS.map(textOf).join('\n'))],
  ])('is read as its name says: %s', async (name, archive) => {
    server.archive = archive;
    expect(await read({ url: `${server.url}/PyPI/${name}` })).toEqual({
      records: RECORDS,
      validator: {
        source: `${server.url}/PyPI/${name}`,
        etag: '"1"',
        modified: 'Wed, 01 Jan 2020 10:00:00 GMT',
      },
    });
    expect(server.requests).toHaveLength(1);
    expect(existsSync(join(folder, FEED))).toBe(false);
  });

  it('has no validator where the server gives none', async () => {
    Object.assign(server, { etag: null, modified: null });
    expect(await read()).toEqual({ records: RECORDS, validator: null });
  });

  it.each<[string, Partial<FeedValidator>]>([
    ['if-none-match', {}],
    ['if-modified-since', { etag: null }],
  ])('is not sent again when it is known, by %s', async (header, change) => {
    const { validator } = await read();
    expect(await open().read({ ...known(validator), ...change })).toEqual({ kind: 'unchanged' });
    expect(server.requests[1]?.headers).toHaveProperty(header);
    expect(existsSync(join(folder, FEED))).toBe(false);
  });

  it('is read when it has changed since', async () => {
    const { validator } = await read();
    Object.assign(server, {
      archive: zipOf([{ name: 'c.json', text: '{"id":"C"}' }]),
      etag: '"2"',
    });
    expect(await read({}, validator)).toMatchObject({
      records: [{ id: 'C' }],
      validator: { etag: '"2"' },
    });
  });

  it('is asked without condition when the validator is of another place', async () => {
    const { validator } = await read();
    const url = `${server.url}/mirror/all.zip`;
    expect((await read({ url }, validator)).records).toEqual(RECORDS);
    expect(server.requests[1]?.headers).not.toHaveProperty('if-none-match');
  });

  it('names records that cannot be read by where the archive is', async () => {
    server.archive = zipOf([{ name: 'a.json', text: '{' }]);
    expect((await read()).records).toEqual([
      expect.objectContaining({ path: `${server.url}/all.zip!a.json` }),
    ]);
  });

  it('is removed when its reader stops early, and when an earlier process left it', async () => {
    mkdirSync(join(folder, FEED), { recursive: true });
    writeFileSync(join(folder, FEED, 'left-over.zip'), 'x');
    const answer = await open().read(null);
    if (answer.kind === 'unchanged') throw new Error('nothing to read');
    expect(existsSync(join(folder, FEED, 'left-over.zip'))).toBe(false);
    for await (const [record] of answer.records) {
      expect(record).toEqual({ id: 'A' });
      break;
    }
    expect(existsSync(join(folder, FEED))).toBe(false);
  });

  it('follows redirects', async () => {
    server.misbehaviours.push((response) => {
      response.writeHead(302, { location: `${server.url}/elsewhere` }).end();
    });
    expect((await read()).records).toEqual(RECORDS);
    expect(server.requests[1]?.line).toBe('GET /elsewhere');
  });

  it('is checked against the hashes that Google sends', async () => {
    server.headers = { 'x-goog-hash': googleHash(ZIP) };
    expect((await read()).records).toEqual(RECORDS);
  });
});

describe('a broken transfer', () => {
  /** Sends the first part of the archive, then cuts the wire. */
  const cut = () =>
    server.misbehaviours.push((response) => {
      const { etag = '', modified = '' } = server;
      response.writeHead(200, {
        'content-length': ZIP.length,
        ...(etag && { etag }),
        ...(modified && { 'last-modified': modified }),
      });
      response.write(ZIP.subarray(0, 20), () => setTimeout(() => response.destroy(), 20));
    });

  it.each([
    ['its ETag', '"1"', '"1"'],
    ['its date', null, 'Wed, 01 Jan 2020 10:00:00 GMT'],
  ])('goes on where it broke off, while the archive is the same by %s', async (_name, etag, is) => {
    server.etag = etag;
    cut();
    expect((await read()).records).toEqual(RECORDS);
    expect(server.requests).toHaveLength(2);
    expect(server.requests[1]?.headers).toMatchObject({ range: 'bytes=20-', 'if-range': is });
  });

  it('goes on after a server that was busy meanwhile', async () => {
    cut();
    server.misbehaviours.push((response) => void response.writeHead(503).end());
    expect((await read()).records).toEqual(RECORDS);
    expect(server.requests[2]?.headers.range).toBe('bytes=20-');
  });

  it('starts over when the archive has changed meanwhile', async () => {
    cut();
    server.misbehaviours.push((_response, serve) => {
      const archive = zipOf([{ name: 'c.json', text: '{"id":"C"}' }]);
      Object.assign(server, { archive, etag: '"2"' });
      serve();
    });
    expect(await read()).toMatchObject({ records: [{ id: 'C' }], validator: { etag: '"2"' } });
  });

  it.each<[string, () => void]>([
    [
      'the server cannot tell',
      () => {
        server.etag = 'W/"1"';
      },
    ],
    [
      'the server goes on elsewhere',
      () => {
        server.misbehaviours.push((response) => {
          response.writeHead(206, { etag: '"1"', 'content-range': `bytes 7-9/${ZIP.length}` });
          response.end('abc');
        });
      },
    ],
    [
      'the server goes on with another archive',
      () => {
        server.misbehaviours.push((response) => {
          const range = `bytes 20-${ZIP.length - 1}/${ZIP.length}`;
          response.writeHead(206, { etag: '"2"', 'content-range': range }).end(ZIP.subarray(20));
        });
      },
    ],
    [
      'there is nothing to go on with',
      () => void server.misbehaviours.push((response) => void response.writeHead(416).end()),
    ],
  ])('starts over when %s', async (_name, spoil) => {
    cut();
    spoil();
    expect((await read()).records).toEqual(RECORDS);
    expect(server.requests.at(-1)?.headers).not.toHaveProperty('range');
  });

  it('waits as long as the server asks', async () => {
    server.misbehaviours.push((response) => {
      response.writeHead(429, { 'retry-after': '7' }).end();
    });
    expect((await read()).records).toEqual(RECORDS);
    expect(waits).toEqual([7000]);
  });

  it('is not waited for beyond the deadline', async () => {
    server.misbehaviours.push((response) => {
      response.writeHead(429, { 'retry-after': '3600' }).end();
    });
    await expect(read()).rejects.toThrow(`${server.url}/all.zip: HTTP 429`);
    expect(waits).toEqual([]);
  });
});

describe('a feed is unavailable when', () => {
  const always = (misbehave: FeedServer['misbehaviours'][number]) => () => {
    server.misbehaviours.push(...Array.from({ length: 9 }, () => misbehave));
  };
  it.each<[string, string, number, () => void, Partial<HttpFeedOptions>?]>([
    ['it is not there', 'HTTP|not found', 1, always((each) => void each.writeHead(404).end())],
    ['it is forbidden', 'HTTP 403', 1, always((each) => void each.writeHead(403).end())],
    ['the server fails and fails', 'HTTP 500', 5, always((each) => void each.writeHead(500).end())],
    ['the server cuts every answer', 'all.zip', 5, always((each) => void each.destroy())],
    [
      'there is a page in its place',
      'HTML',
      5,
      always((each) => void each.writeHead(200, { 'content-type': 'text/html' }).end('<html>')),
    ],
    [
      'it is a page that is not called one',
      'begins with "<html>"',
      1,
      () => {
        server.archive = Buffer.from('<html>');
      },
    ],
    [
      'the archive is not whole',
      'no whole zip archive',
      1,
      () => {
        server.archive = ZIP.subarray(0, -10);
      },
    ],
    [
      'the archive has no records',
      'no records',
      1,
      () => {
        server.archive = zipOf([]);
      },
    ],
    ['it has too many records', 'more than 1 records', 1, () => {}, { limits: limits(999, 1) }],
    ['it says that it is too large', 'more than 50 bytes', 1, () => {}, { limits: limits(50) }],
    [
      'it is too large, and does not say so',
      'more than 50 bytes',
      1,
      always((each) => void each.end(ZIP)),
      { limits: limits(50) },
    ],
    [
      'it is not what Google’s hash says',
      'crc32c=',
      2,
      () => {
        server.headers = { 'x-goog-hash': googleHash(Buffer.from('another')) };
      },
    ],
    [
      'it comes in a coding that nobody asked for',
      'coding "gzip"',
      1,
      always((each) => void each.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(ZIP))),
    ],
    [
      'it leads out of the encrypted net',
      'redirected to "http://example.com/all.zip"',
      1,
      always((each) => void each.writeHead(302, { location: 'http://example.com/all.zip' }).end()),
    ],
    [
      'it leads in circles',
      'more than 5 redirects',
      6,
      always((each) => void each.writeHead(302, { location: '/all.zip' }).end()),
    ],
    [
      'it is unchanged, and was never read',
      'HTTP 304',
      1,
      always((each) => void each.writeHead(304).end()),
    ],
    [
      'its body hangs',
      'silent for 50 ms',
      5,
      always((each) => void each.writeHead(200, { 'content-length': '99' }).write('PK')),
      { stallTimeout: 50 },
    ],
    [
      'it takes too long altogether',
      'no answer within 300 ms',
      1,
      always((each) => {
        const drip = setInterval(() => each.write('PK'), 20);
        each.on('close', () => clearInterval(drip));
      }),
      { deadline: 300 },
    ],
  ])('%s', async (_name, message, requests, spoil, options = {}) => {
    spoil();
    const failure: unknown = await read(options).catch((error: unknown) => error);

    expect(failure).toBeInstanceOf(FeedUnavailableError);
    expect(String(failure)).toMatch(new RegExp(message));
    expect(String(failure)).toContain(`${server.url}/all.zip`);
    expect(String(failure)).not.toContain(folder);
    expect(server.requests).toHaveLength(requests);
    expect(existsSync(join(folder, FEED))).toBe(false);
  });

  it('nobody answers', async () => {
    await server[Symbol.asyncDispose]();
    await expect(read()).rejects.toThrow(FeedUnavailableError);
    server = await startFeedServer(ZIP);
  });
});

it.each([
  'http://example.com/all.zip',
  'https://user:word@example.com/all.zip',
  'https://example.com/all.zip?token=1',
  'https://example.com/all.exe',
  'ftp://example.com/all.zip',
  'all.zip',
])('refuses to read from %s', (url) => {
  expect(() => open({ url })).toThrow(InvalidFeedUrlError);
});

it('computes CRC-32C as RFC 3720 has it, in one piece or several', () => {
  expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
  expect(crc32c(new Uint8Array(32).fill(0xff))).toBe(0x62a8ab43);
  expect(crc32c(Buffer.from('56789'), crc32c(Buffer.from('1234')))).toBe(0xe3069283);
});

function open(options: Partial<HttpFeedOptions> = {}) {
  return createHttpFeed({
    name: FEED,
    url: `${server.url}/all.zip`,
    control: null,
    folder,
    sleep: async (milliseconds) => void waits.push(milliseconds),
    random: () => 0,
    ...options,
  });
}

async function read(
  options: Partial<HttpFeedOptions> = {},
  validator: FeedValidator | null = null,
) {
  const answer = await open(options).read(validator);
  if (answer.kind === 'unchanged') throw new Error('unchanged');
  return { records: (await collect(answer.records)).flat(), validator: answer.validator };
}

function known(validator: FeedValidator | null): FeedValidator {
  if (!validator) throw new Error('no validator');
  return validator;
}

function limits(bytes: number, records = 999) {
  return { bytes, records };
}

function googleHash(bytes: Buffer): string {
  const crc = Buffer.alloc(4);
  crc.writeUInt32BE(crc32c(bytes));
  const md5 = createHash('md5').update(bytes).digest('base64');
  return `crc32c=${crc.toString('base64')},md5=${md5}`;
}

function textOf(record: object): string {
  return JSON.stringify(record);
}
