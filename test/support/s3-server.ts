import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { S3Client } from '@aws-sdk/client-s3';
import { createS3Client } from '../../adapters/aws/create-aws-clients.ts';
import { embeddedClientOptions } from '../../local/cloud/embedded-clients.ts';

export interface TestS3 {
  readonly client: S3Client;
  readonly endpoint: string;
  /** The only one there is. */
  readonly bucket: string;
  /** The next conditional writes are answered 409, as during another write of the key. */
  conflicts: number;
  /** Cuts the body of the next whole answers to a GET after so many bytes. */
  readonly cuts: number[];
  /** Method, key, and the conditions of each GET. */
  readonly asked: { readonly key: string; readonly headers: IncomingMessage['headers'] }[];
  /** Puts an object in place of another, as its owner does. */
  replace(key: string, body: Uint8Array): void;
  stop(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body?: string | Uint8Array;
}

const BUCKET = 'objects';

/** S3 answers pages as short as it likes. */
const PAGE = 2;

/**
 * The S3 that the object store and a mirror of a feed need, over HTTP. fauxqs' own ignores conditions and wrong
 * checksums, and loses keys between the pages of a list.
 */
export async function startTestS3(): Promise<TestS3> {
  const objects = new Map<string, Buffer>();
  const types = new Map<string, string>();
  const server = createServer((request, response) => {
    void buffer(request).then((body) => {
      const answer = answerTo(request, body);
      response.writeHead(answer.status, answer.headers);
      const cut = answer.status === 200 && request.method === 'GET' ? s3.cuts.shift() : undefined;
      if (cut === undefined) response.end(answer.body);
      else {
        const part = Buffer.from(answer.body ?? '').subarray(0, cut);
        response.write(part, () => setTimeout(() => response.destroy(), 20));
      }
    });
  });

  function answerTo(request: IncomingMessage, body: Buffer): Answer {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1');
    const [, bucket, ...rest] = decodeURIComponent(pathname).split('/');
    const key = rest.join('/');
    if (bucket !== BUCKET) return refusal(404, 'NoSuchBucket');
    if (request.method === 'PUT') return put(request, key, body);
    return searchParams.get('list-type') === '2' ? list(searchParams) : get(request, key);
  }

  function put({ headers }: IncomingMessage, key: string, body: Buffer): Answer {
    const checksum = createHash('sha256').update(body).digest('base64');
    if (headers['x-amz-checksum-sha256'] !== checksum) return refusal(400, 'BadDigest');
    if (headers['if-none-match'] !== '*') return refusal(501, 'NotImplemented');
    if (s3.conflicts > 0) {
      s3.conflicts--;
      return refusal(409, 'ConditionalRequestConflict');
    }
    if (objects.has(key)) return refusal(412, 'PreconditionFailed');
    objects.set(key, body);
    types.set(key, headers['content-type'] ?? 'binary/octet-stream');
    return { status: 200 };
  }

  function get({ headers }: IncomingMessage, key: string): Answer {
    s3.asked.push({ key, headers });
    const body = objects.get(key);
    if (!body) return refusal(404, 'NoSuchKey');
    const etag = `"${createHash('md5').update(body).digest('hex')}"`;
    const type = types.get(key) ?? 'binary/octet-stream';
    const found = {
      etag,
      'last-modified': 'Wed, 01 Jan 2020 10:00:00 GMT',
      'content-type': type,
    };
    if (headers['if-none-match'] === etag) return { status: 304, headers: found };
    if (![undefined, etag].includes(headers['if-match'])) return refusal(412, 'PreconditionFailed');
    if (headers.range) return partOf(body, headers.range, found);
    return { status: 200, headers: { ...found, 'content-length': String(body.length) }, body };
  }

  function list(query: URLSearchParams): Answer {
    const keys = [...objects.keys()]
      .filter((key) => key.startsWith(query.get('prefix') ?? ''))
      .sort((left, right) => Buffer.compare(Buffer.from(left), Buffer.from(right)));
    const start = Number(query.get('continuation-token') ?? 0);
    const next = start + PAGE < keys.length ? start + PAGE : undefined;
    const contents = keys
      .slice(start, start + PAGE)
      .map((key) => `<Contents><Key>${key}</Key></Contents>`);
    const more = next === undefined ? '' : `<NextContinuationToken>${next}</NextContinuationToken>`;
    return xml(
      200,
      `<ListBucketResult><IsTruncated>${next !== undefined}</IsTruncated>${contents.join('')}${more}</ListBucketResult>`,
    );
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const endpoint = `http://127.0.0.1:${port}`;
  const client = createS3Client(embeddedClientOptions(endpoint));

  const s3: TestS3 = {
    client,
    endpoint,
    bucket: BUCKET,
    conflicts: 0,
    cuts: [],
    asked: [],
    replace: (key, body) => void objects.set(key, Buffer.from(body)),
    async stop() {
      client.destroy();
      await new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      });
    },
  };
  return s3;
}

function partOf(body: Buffer, range: string, headers: Record<string, string>): Answer {
  const [, first = '', last = ''] = /^bytes=(\d+)-(\d*)$/.exec(range) ?? [];
  if (Number(first) >= body.length) return refusal(416, 'InvalidRange');
  const part = body.subarray(Number(first), last === '' ? undefined : Number(last) + 1);
  const answered = `bytes ${first}-${Number(first) + part.length - 1}/${body.length}`;
  return { status: 206, headers: { ...headers, 'content-range': answered }, body: part };
}

function refusal(status: number, code: string): Answer {
  return xml(status, `<Error><Code>${code}</Code><Message>refused</Message></Error>`);
}

function xml(status: number, body: string): Answer {
  return { status, headers: { 'content-type': 'application/xml' }, body };
}
