import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { buildApp } from 'fauxqs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FeedUnavailableError } from '../../../actions/ports.ts';
import { createS3Client } from '../../../adapters/aws/create-aws-clients.ts';
import type { FeedValidator } from '../../../core/run/run.ts';
import { openFeeds } from '../../../lambda/shared/open-feeds.ts';
import { embeddedClientOptions } from '../../../local/cloud/embedded-clients.ts';
import { collect } from '../../support/collect.ts';
import { newFolder } from '../../support/play-folder.ts';
import { startTestS3, type TestS3 } from '../../support/s3-server.ts';
import { zipOf } from '../../support/zip-archive.ts';

const KEY = 'mirror/Azure Linux/all.zip';
const URL = 's3://objects/mirror/Azure%20Linux/all.zip';
const ZIP = zipOf([
  { name: 'a.json', text: '{"id":"A"}' },
  { name: 'b.json', text: '{"id":"B"}' },
]);
const folder = newFolder();

let s3: TestS3;
beforeEach(async () => {
  s3 = await startTestS3();
  s3.replace(KEY, ZIP);
});
afterEach(() => s3.stop());

function open(url = URL, client = s3.client) {
  const specs = [{ name: 'osv-azure-linux', url, control: null }];
  const [feed] = openFeeds(specs, client, { folder, sleep: async () => {}, random: () => 0 });
  if (!feed) throw new Error('no feed');
  return feed;
}

async function read(feed = open(), known: FeedValidator | null = null) {
  const answer = await feed.read(known);
  if (answer.kind === 'unchanged') throw new Error('unchanged');
  return { records: (await collect(answer.records)).flat(), validator: answer.validator };
}

describe('a mirror in S3', () => {
  it('is read like an archive of any server, and named by whose data it is', async () => {
    const { records, validator } = await read();
    expect(records).toEqual([{ id: 'A' }, { id: 'B' }]);
    expect(validator).toMatchObject({ source: URL, etag: expect.stringMatching(/^"[0-9a-f]+"$/) });
    expect(s3.asked.map(({ key }) => key)).toEqual([KEY]);
    expect(open().terms?.url).toContain('osv.dev');
  });

  it('is named by its URL where it cannot be asked for', async () => {
    const gone = open('s3://objects/gone.zip');
    await expect(gone.probe()).rejects.toThrow(/^s3:\/\/objects\/gone\.zip: not found$/);
  });

  it('is not sent again while its ETag is the same', async () => {
    const { validator } = await read();
    expect(await open().read(validator)).toEqual({ kind: 'unchanged' });
    s3.replace(KEY, zipOf([{ name: 'c.json', text: '{"id":"C"}' }]));
    expect((await read(open(), validator)).records).toEqual([{ id: 'C' }]);
  });

  it('goes on where a transfer broke off', async () => {
    s3.cuts.push(20);
    expect((await read()).records).toHaveLength(2);
    expect(s3.asked.map(({ headers }) => headers.range)).toEqual([undefined, 'bytes=20-']);
    expect(s3.asked[1]?.headers['if-match']).toMatch(/^"/);
  });

  it('starts over when it was replaced meanwhile', async () => {
    s3.cuts.push(20);
    const client = s3.client;
    client.middlewareStack.add(
      (next) => async (args) => {
        if (s3.asked.length === 1) s3.replace(KEY, zipOf([{ name: 'c.json', text: '{"id":"C"}' }]));
        return next(args);
      },
      { step: 'initialize' },
    );
    expect((await read()).records).toEqual([{ id: 'C' }]);
    expect(s3.asked.at(-1)?.headers.range).toBeUndefined();
  });

  it.each([
    ['there is no such object', 's3://objects/none.zip', 'not found'],
    ['there is no such bucket', 's3://elsewhere/all.zip', 'not found'],
  ])('is unavailable when %s', async (_name, url, message) => {
    const failure: unknown = await read(open(url)).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(FeedUnavailableError);
    expect(String(failure)).toContain(`${url}: ${message}`);
  });

  it('is unavailable when it is not what its name says, or is not whole', async () => {
    s3.replace(KEY, Buffer.from('<html>'));
    await expect(read()).rejects.toThrow('not what its name says');
    s3.replace(KEY, ZIP.subarray(0, -10));
    await expect(read()).rejects.toThrow(FeedUnavailableError);
  });

  it('is unavailable when nobody answers', async () => {
    const nobody = createS3Client({
      ...embeddedClientOptions('http://127.0.0.1:1'),
      maxAttempts: 1,
    } as never);
    await expect(read(open(URL, nobody))).rejects.toThrow(FeedUnavailableError);
  });
});

it('is read from fauxqs as well, as a whole world’s feed would be', async () => {
  const app = buildApp({ logger: false });
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as AddressInfo;
  const client = createS3Client(embeddedClientOptions(`http://127.0.0.1:${port}`));
  try {
    const Body = gzipSync('{"id":"A"}\n{"id":"B"}\n');
    await client.send(new CreateBucketCommand({ Bucket: 'mirror' }));
    await client.send(new PutObjectCommand({ Bucket: 'mirror', Key: 'a/feed.ndjson.gz', Body }));
    const { records, validator } = await read(open('s3://mirror/a/feed.ndjson.gz', client));
    expect(records).toEqual([{ id: 'A' }, { id: 'B' }]);
    expect(validator?.etag).toMatch(/^"/);
    await expect(read(open('s3://mirror/b.zip', client))).rejects.toThrow(FeedUnavailableError);
  } finally {
    client.destroy();
    await app.close();
  }
});
