import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSecretCredentials } from '../../../adapters/aws/secret-credentials.ts';
import { createRegistry } from '../../../adapters/registry/create-registry.ts';
import { AccessDeniedError, RegistryUnavailableError } from '../../../core/image/errors.ts';
import { parseReference } from '../../../core/image/reference.ts';
import { type AwsAnswer, type AwsServer, startAwsServer } from '../../support/aws-server.ts';
import { type OddServer, startOddServer } from '../../support/odd-server.ts';

const SECRETS = { 'ghcr.io': 'team/ghcr' };
const MINUTE = 60_000;

let answer: AwsAnswer;
let server: AwsServer;
let now: number;
beforeEach(async () => {
  now = 0;
  server = await startAwsServer(() => answer);
});
afterEach(() => server[Symbol.asyncDispose]());

/** In the words of the Secrets Manager API Reference, GetSecretValue. */
function secret(value: unknown): AwsAnswer {
  return {
    output: {
      ARN: 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:team/ghcr-AbCdEf',
      Name: 'team/ghcr',
      VersionId: '00000000-0000-0000-0000-000000000000',
      VersionStages: ['AWSCURRENT'],
      CreatedDate: 1_700_000_000,
      SecretString: typeof value === 'string' ? value : JSON.stringify(value),
    },
  };
}

function open() {
  const clock = { now: () => new Date(now) };
  return createSecretCredentials({ secrets: SECRETS, clock, client: server.options });
}

describe('a secret', () => {
  it('is a name and a password, read once', async () => {
    answer = secret({ username: 'robot', password: 'pa:ss' });
    const credentialsFor = open();

    expect(await credentialsFor('ghcr.io')).toEqual({ username: 'robot', password: 'pa:ss' });
    now += 1000 * MINUTE;
    expect(await credentialsFor('ghcr.io')).toEqual({ username: 'robot', password: 'pa:ss' });
    expect(server.calls.map(({ name, input }) => [name, input])).toEqual([
      ['GetSecretValue', { SecretId: 'team/ghcr' }],
    ]);
  });

  it('may be a token alone', async () => {
    answer = secret({ token: 'ghp_abc' });
    expect(await open()('ghcr.io')).toMatchObject({ password: 'ghp_abc' });
  });

  it('is nobody else’s: other registries are asked as anybody', async () => {
    const credentialsFor = open();
    for (const host of ['cgr.dev', 'ghcr.io.evil.example', 'constructor']) {
      expect(await credentialsFor(host)).toBeUndefined();
    }
    expect(server.calls).toEqual([]);
  });

  it('that was rotated is read anew when the registry refuses the old, once a minute at most', async () => {
    answer = secret({ token: 'old' });
    const credentialsFor = open();
    await credentialsFor('ghcr.io');
    answer = secret({ token: 'new' });

    expect(await credentialsFor('ghcr.io', true)).toMatchObject({ password: 'old' });
    now += MINUTE;
    expect(await credentialsFor('ghcr.io', true)).toMatchObject({ password: 'new' });
    expect(await credentialsFor('ghcr.io', true)).toMatchObject({ password: 'new' });
    expect(server.calls).toHaveLength(2);
  });

  it.each<[string, () => AwsAnswer, abstract new (...args: never[]) => Error]>([
    ['is not there', () => ({ error: 'ResourceNotFoundException' }), AccessDeniedError],
    ['may not be read', () => ({ error: 'AccessDeniedException' }), AccessDeniedError],
    ['cannot be decrypted', () => ({ error: 'DecryptionFailure' }), AccessDeniedError],
    ['is to be deleted', () => ({ error: 'InvalidRequestException' }), AccessDeniedError],
    ['is throttled', () => ({ error: 'ThrottlingException' }), RegistryUnavailableError],
    ['is down', () => ({ error: 'InternalServiceError', status: 500 }), RegistryUnavailableError],
    ['is no JSON', () => secret('hunter2'), AccessDeniedError],
    ['is another JSON', () => secret({ user: 'hunter2' }), AccessDeniedError],
    ['has no password', () => secret({ username: 'hunter2' }), AccessDeniedError],
    ['is binary', () => ({ output: { SecretBinary: 'aHVudGVyMg==' } }), AccessDeniedError],
  ])('that %s is named with its registry, and never shown', async (_what, given, kind) => {
    answer = given();
    const failure = await open()('ghcr.io').catch((error: unknown) => error);

    expect(failure).toBeInstanceOf(kind);
    expect(String(failure)).toContain('ghcr.io');
    expect(String(failure)).toContain('team/ghcr');
    expect(String(failure)).not.toContain('hunter2');
  });
});

describe('a registry that refuses a secret', () => {
  const digest = `sha256:${'a'.repeat(64)}`;
  const basic = (user: string, password: string) => `Basic ${btoa(`${user}:${password}`)}`;
  const host = 'registry.test';
  let odd: OddServer;
  afterEach(() => odd[Symbol.asyncDispose]());

  /** Rotates the secret between the first and the second resolve. */
  async function resolveTwice(): Promise<unknown> {
    const endpoints = { [host]: odd.url };
    const clock = { now: () => new Date(now) };
    answer = secret({ username: 'robot', password: 'old' });
    const credentialsFor = createSecretCredentials({
      secrets: { [host]: 'team/registry' },
      clock,
      client: server.options,
    });
    const registry = createRegistry({ endpoints, credentialsFor, clock, sleep: async () => {} });
    const reference = parseReference(`${host}/web:latest`);
    await registry.resolve(reference);
    answer = secret({ username: 'robot', password: 'new' });
    now += 10 * MINUTE;
    return registry.resolve(reference);
  }

  const valid = () => (now === 0 ? 'old' : 'new');

  function grant(response: ServerResponse): void {
    const type = 'application/vnd.oci.image.manifest.v1+json';
    response.writeHead(200, { 'content-type': type, 'docker-content-digest': digest }).end();
  }

  function challenge(response: ServerResponse, header: string): void {
    response.writeHead(401, { 'www-authenticate': header }).end();
  }

  it('at its own door is given the new one', async () => {
    odd = await startOddServer(({ headers }, response) => {
      if (headers.authorization === basic('robot', valid())) grant(response);
      else challenge(response, 'Basic realm="r"');
    });
    expect(await resolveTwice()).toMatchObject({ digest });
  });

  it('at its token server is given the new one', async () => {
    const giveToken = (response: ServerResponse) =>
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify({ token: valid(), expires_in: 60 }));
    odd = await startOddServer(({ headers, url }, response) => {
      const { authorization } = headers;
      if (authorization === `Bearer ${valid()}`) grant(response);
      else if (!url?.startsWith('/token')) challenge(response, `Bearer realm="${odd.url}/token"`);
      else if (authorization === basic('robot', valid())) giveToken(response);
      else response.writeHead(401).end();
    });
    expect(await resolveTwice()).toMatchObject({ digest });
  });

  it('for good is named, after two requests for a secret', async () => {
    odd = await startOddServer(({ headers }, response) => {
      if (now === 0 && headers.authorization) grant(response);
      else challenge(response, 'Basic realm="r"');
    });
    await expect(resolveTwice()).rejects.toThrow(AccessDeniedError);
    expect(server.calls).toHaveLength(2);
  });
});
