import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { AwsClientOptions } from '../../adapters/aws/create-aws-clients.ts';
import { embeddedClientOptions } from '../../local/cloud/embedded-clients.ts';

/** What the server says: XML. */
export interface FormAnswer {
  readonly status?: number;
  readonly body: string;
}

export interface FormServer extends AsyncDisposable {
  readonly options: AwsClientOptions;
  /** The forms that were posted. */
  readonly calls: URLSearchParams[];
}

/** Answers real SDK clients on loopback, as a service with AWS's query protocol does (SNS). */
export async function startFormServer(
  answer: (call: URLSearchParams) => FormAnswer,
): Promise<FormServer> {
  const calls: URLSearchParams[] = [];
  const server = createServer(async (request, response) => {
    const call = new URLSearchParams(await text(request));
    calls.push(call);
    const { status = 200, body } = answer(call);
    response.writeHead(status, { 'content-type': 'text/xml' });
    response.end(body);
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
