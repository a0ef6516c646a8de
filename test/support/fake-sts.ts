import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { AwsClientOptions } from '../../adapters/aws/create-aws-clients.ts';
import { embeddedClientOptions } from '../../local/cloud/embedded-clients.ts';

/** STS as far as roles are assumed, over HTTP: AWS Query, answered in XML. */
export interface FakeSts extends AsyncDisposable {
  readonly options: AwsClientOptions;
  /** What was asked, the action and version left out. */
  readonly calls: Readonly<Record<string, string>>[];
  /** How long credentials last, in milliseconds. */
  lifetime: number;
  /** An error's code instead of credentials, while it gives one; it comes with a status. */
  refuse: (role: string) => { readonly code: string; readonly status: number } | undefined;
}

/** Gives the nth that assumes a role the access key `<role's name>-<n>`. */
export async function startFakeSts(): Promise<FakeSts> {
  const server = createServer(async (request, response) => {
    const { Action, Version, ...call } = Object.fromEntries(
      new URLSearchParams(await text(request)),
    );
    sts.calls.push(call);
    const refusal = sts.refuse(call.RoleArn ?? '');
    response.writeHead(refusal?.status ?? 200, { 'content-type': 'text/xml' });
    response.end(refusal ? errorOf(refusal.code) : answerOf(sts, call.RoleArn ?? ''));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const sts: FakeSts = {
    options: embeddedClientOptions(`http://127.0.0.1:${port}`),
    calls: [],
    lifetime: 60 * 60 * 1000,
    refuse: () => undefined,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return sts;
}

function answerOf({ calls, lifetime }: FakeSts, role: string): string {
  const key = `${role.split('/').at(-1)}-${calls.length}`;
  const expiration = new Date(Date.now() + lifetime).toISOString();
  return `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult>
<AssumedRoleUser><Arn>${role}</Arn><AssumedRoleId>AROA:tidewatch</AssumedRoleId></AssumedRoleUser>
<Credentials><AccessKeyId>${key}</AccessKeyId><SecretAccessKey>secret</SecretAccessKey>
<SessionToken>token</SessionToken><Expiration>${expiration}</Expiration></Credentials>
</AssumeRoleResult></AssumeRoleResponse>`;
}

function errorOf(code: string): string {
  return `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type>
<Code>${code}</Code><Message>not you</Message></Error><RequestId>1</RequestId></ErrorResponse>`;
}
