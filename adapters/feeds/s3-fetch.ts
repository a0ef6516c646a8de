import { GetObjectCommand, type GetObjectCommandOutput, type S3Client } from '@aws-sdk/client-s3';

/**
 * `fetch` for `s3://bucket/key`: one GetObject with the conditions and the range that are asked
 * for, answered as a server would that keeps to RFC 9110, so that a mirror in S3 goes
 * through the same download as any other archive. What S3 refuses has its status; a call without
 * any answer throws.
 */
export function createS3Fetch(client: S3Client): typeof fetch {
  return async (input, init) => {
    const object = objectOf(new URL(String(input)));
    const asked = new Headers(init?.headers);
    const signal = init?.signal ?? undefined;
    const range = asked.get('range');
    if (range !== null) {
      // S3 has no If-Range: another object is 412, and then the whole of it is meant (section 13.1.5).
      const rest = await get(client, {
        ...object,
        Range: range,
        IfMatch: asked.get('if-range') ?? undefined,
        signal,
      });
      if (rest.status !== 412) return rest;
    }
    const modified = asked.get('if-modified-since');
    return get(client, {
      ...object,
      IfNoneMatch: asked.get('if-none-match') ?? undefined,
      IfModifiedSince: modified === null ? undefined : new Date(modified),
      signal,
    });
  };
}

interface Wanted {
  readonly Bucket: string;
  readonly Key: string;
  readonly Range?: string | undefined;
  readonly IfMatch?: string | undefined;
  readonly IfNoneMatch?: string | undefined;
  readonly IfModifiedSince?: Date | undefined;
  readonly signal: AbortSignal | undefined;
}

function objectOf({ host, pathname }: URL): Pick<Wanted, 'Bucket' | 'Key'> {
  return { Bucket: host, Key: decodeURIComponent(pathname.slice(1)) };
}

async function get(client: S3Client, { signal, ...wanted }: Wanted): Promise<Response> {
  try {
    const options = signal && { abortSignal: signal };
    return responseOf(await client.send(new GetObjectCommand(wanted), options));
  } catch (error) {
    const status = statusOf(error);
    if (status === undefined) throw error;
    return new Response(null, { status });
  }
}

function responseOf(answer: GetObjectCommandOutput): Response {
  const { Body, ETag, LastModified, ContentLength, ContentRange } = answer;
  // Content-Encoding is left out: S3 gives the bytes as they lie there, whatever they are called.
  const headers = {
    ...(ETag !== undefined && { etag: ETag }),
    ...(LastModified && { 'last-modified': LastModified.toUTCString() }),
    ...(ContentLength !== undefined && { 'content-length': String(ContentLength) }),
    ...(ContentRange !== undefined && { 'content-range': ContentRange }),
  };
  const status = ContentRange === undefined ? 200 : 206;
  return new Response(Body?.transformToWebStream() ?? null, { status, headers });
}

/** What the service answered, where it did. */
function statusOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('$metadata' in error)) return undefined;
  const { $metadata: metadata } = error;
  if (typeof metadata !== 'object' || !metadata || !('httpStatusCode' in metadata))
    return undefined;
  const { httpStatusCode: status } = metadata;
  // An answer that could not be read to its end has status 200, and is none.
  return typeof status === 'number' && status >= 300 ? status : undefined;
}
