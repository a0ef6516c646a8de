import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server that answers as a test wants, right or wrong. */
export interface OddServer extends AsyncDisposable {
  readonly url: string;
  /** What was asked: `GET /v2/…`, with the Authorization it came with. */
  readonly requests: { readonly line: string; readonly authorization: string | undefined }[];
}

/** Serves on a free port of loopback until it is disposed of. */
export async function startOddServer(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<OddServer> {
  const requests: { line: string; authorization: string | undefined }[] = [];
  const server = createServer((request, response) => {
    const line = `${request.method} ${request.url}`;
    requests.push({ line, authorization: request.headers.authorization });
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
