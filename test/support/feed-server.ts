import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a test answers instead; `serve` gives the right answer after all. */
type Misbehaviour = (response: ServerResponse, serve: () => void) => void;

/** A server that holds one archive, at every path, and keeps to RFC 9110. */
export interface FeedServer extends AsyncDisposable {
  readonly url: string;
  archive: Buffer;
  etag: string | null;
  modified: string | null;
  /** Sent with the archive. */
  headers: Record<string, string>;
  /** Answers to the next requests, one each; then it behaves. */
  readonly misbehaviours: Misbehaviour[];
  readonly requests: { readonly line: string; readonly headers: IncomingHttpHeaders }[];
}

/** Serves on a free port of loopback until it is disposed of. */
export async function startFeedServer(archive: Buffer): Promise<FeedServer> {
  const http = createServer((request, response) => {
    const { method, url, headers } = request;
    server.requests.push({ line: `${method} ${url}`, headers });
    const serve = () => answer(server, headers, response);
    const misbehave = server.misbehaviours.shift();
    if (misbehave) misbehave(response, serve);
    else serve();
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const server: FeedServer = {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    archive,
    etag: '"1"',
    modified: 'Wed, 01 Jan 2020 10:00:00 GMT',
    headers: {},
    misbehaviours: [],
    requests: [],
    async [Symbol.asyncDispose]() {
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  };
  return server;
}

function answer(server: FeedServer, asked: IncomingHttpHeaders, response: ServerResponse): void {
  const { archive, etag, modified } = server;
  const headers = {
    'content-type': 'application/octet-stream',
    ...(etag && { etag }),
    ...(modified && { 'last-modified': modified }),
    ...server.headers,
  };
  const isKnown = asked['if-none-match']
    ? asked['if-none-match'] === etag
    : asked['if-modified-since'] !== undefined && asked['if-modified-since'] === modified;
  if (isKnown) {
    response.writeHead(304, headers).end();
    return;
  }
  const [, start] = /^bytes=(\d+)-$/.exec(asked.range ?? '') ?? [];
  const isSame = [etag, modified].includes(String(asked['if-range']));
  if (start === undefined || !isSame) {
    response.writeHead(200, { ...headers, 'content-length': archive.length }).end(archive);
    return;
  }
  const rest = archive.subarray(Number(start));
  const range = `bytes ${start}-${archive.length - 1}/${archive.length}`;
  response
    .writeHead(206, { ...headers, 'content-length': rest.length, 'content-range': range })
    .end(rest);
}
