import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { S3Client } from '@aws-sdk/client-s3';
import { createS3Client } from '../../adapters/aws/create-aws-clients.ts';
import { embeddedClientOptions } from '../../local/cloud/embedded-clients.ts';

export interface TestS3 {
  readonly client: S3Client;
  /** The only one there is. */
  readonly bucket: string;
  /** The next conditional writes are answered 409, as during another write of the key. */
  conflicts: number;
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
 * The S3 that the object store needs, over HTTP. fauxqs' own ignores conditions and wrong
 * checksums, and loses keys between the pages of a list.
 */
export async function startTestS3(): Promise<TestS3> {
  const objects = new Map<string, Buffer>();
  const server = createServer((request, response) => {
    void buffer(request).then((body) => {
      const answer = answerTo(request, body);
      response.writeHead(answer.status, answer.headers);
      response.end(answer.body);
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
    return { status: 200 };
  }

  function get({ headers }: IncomingMessage, key: string): Answer {
    const body = objects.get(key);
    if (!body) return refusal(404, 'NoSuchKey');
    const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? '') ?? [];
    if (first === undefined) return { status: 200, body };
    if (Number(first) >= body.length) return refusal(416, 'InvalidRange');
    return { status: 206, body: body.subarray(Number(first), Number(last) + 1) };
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
  const client = createS3Client(embeddedClientOptions(`http://127.0.0.1:${port}`));

  const s3: TestS3 = {
    client,
    bucket: BUCKET,
    conflicts: 0,
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

function refusal(status: number, code: string): Answer {
  return xml(status, `<Error><Code>${code}</Code><Message>refused</Message></Error>`);
}

function xml(status: number, body: string): Answer {
  return { status, headers: { 'content-type': 'application/xml' }, body };
}
