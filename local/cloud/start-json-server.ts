import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** One call as it came over the wire. */
export interface JsonCall {
  /** `ListTasks` of AWS JSON 1.1's `x-amz-target`; of REST the method and path. */
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  /** Whose credentials signed it, or nothing. */
  readonly accessKeyId: string;
  /** The JSON body, or `{}`. */
  readonly input: Record<string, unknown>;
}

/** A JSON answer (a text is sent as it is), or one of a service's errors. */
export type JsonAnswer =
  | {
      readonly output: unknown;
      /** @default 200 */
      readonly status?: number;
      readonly headers?: Readonly<Record<string, string>>;
    }
  | { readonly error: string; readonly status?: number; readonly message?: string };

export interface JsonServer extends AsyncDisposable {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
}

/** Answers clients on a free port of the loopback, as a JSON service of AWS does; with a key and its certificate over TLS. */
export async function startJsonServer(
  answer: (call: JsonCall) => JsonAnswer,
  tls?: { readonly key: string; readonly cert: string },
): Promise<JsonServer> {
  const listener: RequestListener = async (request, response) => {
    const { status, headers, body } = toWire(answer(readCall(request, await text(request))));
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1', ...headers });
    response.end(body);
  };
  const server = tls ? createTlsServer(tls, listener) : createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function readCall({ method = 'GET', url = '/', headers }: IncomingMessage, body: string): JsonCall {
  const { pathname, searchParams } = new URL(url, 'http://127.0.0.1');
  const target = String(headers['x-amz-target'] ?? '').split('.')[1];
  const path = decodeURIComponent(pathname);
  return {
    name: target ?? `${method} ${path}`,
    method,
    path,
    query: searchParams,
    headers,
    accessKeyId: /Credential=([^/]+)/.exec(headers.authorization ?? '')?.[1] ?? '',
    input: body === '' ? {} : JSON.parse(body),
  };
}

function toWire(answer: JsonAnswer) {
  if ('output' in answer) {
    const { output, status = 200, headers = {} } = answer;
    return { status, headers, body: typeof output === 'string' ? output : JSON.stringify(output) };
  }
  const { error, status = 400, message = 'refused' } = answer;
  const headers: Readonly<Record<string, string>> = { 'x-amzn-errortype': error };
  return { status, headers, body: JSON.stringify({ __type: error, message }) };
}
