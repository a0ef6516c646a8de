import { createServer, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { AwsClientOptions } from '../../adapters/aws/create-aws-clients.ts';
import { embeddedClientOptions } from '../../local/cloud/embedded-clients.ts';

/** One call as it came over the wire. */
export interface AwsCall {
  /** `ListTasks` of AWS JSON 1.1's `x-amz-target`; of REST the method and path. */
  readonly name: string;
  readonly query: URLSearchParams;
  /** Whose credentials signed it. */
  readonly accessKeyId: string;
  readonly headers: IncomingHttpHeaders;
  /** The JSON body, or `{}`. */
  readonly input: Record<string, unknown>;
}

/** A JSON answer, or one of the service's errors. */
export type AwsAnswer =
  | {
      readonly output: unknown;
      readonly status?: number;
      readonly headers?: Readonly<Record<string, string>>;
    }
  | { readonly error: string; readonly status?: number; readonly message?: string };

export interface AwsServer extends AsyncDisposable {
  readonly options: AwsClientOptions;
  readonly calls: AwsCall[];
}

/** Answers real SDK clients on loopback, as a JSON service of AWS does. */
export async function startAwsServer(answer: (call: AwsCall) => AwsAnswer): Promise<AwsServer> {
  const calls: AwsCall[] = [];
  const server = createServer(async (request, response) => {
    const call = readCall(request, await text(request));
    calls.push(call);
    const given = answer(call);
    if ('output' in given) {
      response.writeHead(given.status ?? 200, {
        'content-type': 'application/x-amz-json-1.1',
        ...given.headers,
      });
      response.end(JSON.stringify(given.output));
      return;
    }
    const { error, status = 400, message = 'refused' } = given;
    response.writeHead(status, {
      'content-type': 'application/x-amz-json-1.1',
      'x-amzn-errortype': error,
    });
    response.end(JSON.stringify({ __type: error, message }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    options: embeddedClientOptions(`http://127.0.0.1:${port}`),
    calls,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function readCall({ method, url = '/', headers }: IncomingMessage, body: string): AwsCall {
  const { pathname, searchParams } = new URL(url, 'http://127.0.0.1');
  const target = String(headers['x-amz-target'] ?? '').split('.')[1];
  return {
    name: target ?? `${method} ${decodeURIComponent(pathname)}`,
    query: searchParams,
    accessKeyId: /Credential=([^/]+)/.exec(headers.authorization ?? '')?.[1] ?? '',
    headers,
    input: body === '' ? {} : JSON.parse(body),
  };
}
