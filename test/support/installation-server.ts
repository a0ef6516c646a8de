import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** What Lambda answers to an invocation: a payload, and whether it describes an error. */
export interface Invoked {
  readonly payload: unknown;
  readonly isError?: boolean;
}

export interface InstallationServer extends AsyncDisposable {
  readonly endpoint: string;
  /** What the functions were invoked with, in order. */
  readonly invocations: { readonly functionName: string; readonly event: unknown }[];
}

export interface InstallationOptions {
  /** Outputs by stack. */
  readonly stacks: Readonly<Record<string, Readonly<Record<string, string>>>>;
  invoke(functionName: string, event: unknown): Invoked;
}

const INVOCATIONS = /^\/2015-03-31\/functions\/(.+)\/invocations$/;

/** CloudFormation (XML of the query protocol) and Lambda (REST JSON) as the command line asks them. */
export async function startInstallation(options: InstallationOptions): Promise<InstallationServer> {
  const invocations: InstallationServer['invocations'] = [];
  const server = createServer(async (request, response) => {
    const body = await text(request);
    const [, functionName] = INVOCATIONS.exec(request.url ?? '') ?? [];
    if (functionName === undefined) {
      const { status, xml } = describeStack(options, new URLSearchParams(body));
      response.writeHead(status, { 'content-type': 'text/xml' }).end(xml);
      return;
    }
    const event: unknown = JSON.parse(body);
    invocations.push({ functionName: decodeURIComponent(functionName), event });
    const { payload, isError } = options.invoke(decodeURIComponent(functionName), event);
    response.writeHead(200, isError ? { 'x-amz-function-error': 'Unhandled' } : {});
    response.end(JSON.stringify(payload));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    invocations,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

// https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html
function describeStack({ stacks }: InstallationOptions, query: URLSearchParams) {
  const name = query.get('StackName') ?? '';
  const outputs = stacks[name];
  if (query.get('Action') !== 'DescribeStacks' || !outputs) {
    const message = `Stack with id ${name} does not exist`;
    return {
      status: 400,
      xml: `<ErrorResponse><Error><Type>Sender</Type><Code>ValidationError</Code><Message>${message}</Message></Error><RequestId>1</RequestId></ErrorResponse>`,
    };
  }
  const members = Object.entries(outputs)
    .map(
      ([key, value]) =>
        `<member><OutputKey>${key}</OutputKey><OutputValue>${value}</OutputValue></member>`,
    )
    .join('');
  return {
    status: 200,
    xml: `<DescribeStacksResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><DescribeStacksResult><Stacks><member><StackName>${name}</StackName><CreationTime>2026-01-01T00:00:00Z</CreationTime><StackStatus>CREATE_COMPLETE</StackStatus><Outputs>${members}</Outputs></member></Stacks></DescribeStacksResult></DescribeStacksResponse>`,
  };
}
