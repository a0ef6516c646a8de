import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createEcrAuthorizationToken } from '../../../adapters/aws/ecr-authorization-token.ts';
import { AccessDeniedError, RegistryUnavailableError } from '../../../core/image/errors.ts';

const REGISTRY = '123456789012.dkr.ecr.eu-west-1.amazonaws.com';
const TOKEN = '{"authorizationData":[{"authorizationToken":"QVdTOnNlY3JldA=="}]}';

const servers: (() => void)[] = [];
afterEach(() => {
  for (const stop of servers.splice(0)) stop();
});

/** Asks the real client; a server on loopback answers for ECR. */
async function prepare(status: number, body: string) {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  servers.push(() => server.close());
  const { port } = server.address() as AddressInfo;
  const tokenOf = createEcrAuthorizationToken({
    endpoint: `http://127.0.0.1:${port}`,
    credentials: { accessKeyId: 'AKID', secretAccessKey: 'not-a-secret' },
    maxAttempts: 1,
  });
  return { tokenOf, requests };
}

describe('createEcrAuthorizationToken', () => {
  it('asks the API of the registry\u2019s own region, signed for it', async () => {
    const { tokenOf, requests } = await prepare(200, TOKEN);

    expect(await tokenOf(REGISTRY)).toBe('QVdTOnNlY3JldA==');
    expect(requests[0]?.headers.authorization).toContain('/eu-west-1/ecr/aws4_request');
    expect(requests[0]?.headers['x-amz-target']).toMatch(/\.GetAuthorizationToken$/);
  });

  it.each([
    ['a refusal', 400, '{"__type":"AccessDeniedException","message":"no"}', AccessDeniedError],
    ['an outage', 503, 'slow down', RegistryUnavailableError],
    ['HTML', 200, '<html>', RegistryUnavailableError],
    ['an empty list', 200, '{"authorizationData":[]}', RegistryUnavailableError],
  ])('calls %s by its name', async (_what, status, body, error) => {
    const { tokenOf } = await prepare(status, body);

    await expect(tokenOf(REGISTRY)).rejects.toThrow(error);
  });
});
