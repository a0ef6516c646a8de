import { expect, it } from 'vitest';
import {
  createEcrCredentials,
  InvalidAuthorizationTokenError,
} from '../../../adapters/aws/ecr-credentials.ts';

const HOST = '123456789012.dkr.ecr.eu-west-1.amazonaws.com';

it("splits ECR's token into name and password, and renews it before its 12 hours end", async () => {
  let time = 0;
  const asked: string[] = [];
  const credentialsFor = createEcrCredentials({
    authorizationToken: async (registry) => {
      asked.push(registry);
      return btoa(`AWS:pa:ss${asked.length}`);
    },
    clock: { now: () => new Date(time) },
  });

  expect(await credentialsFor(HOST)).toEqual({ username: 'AWS', password: 'pa:ss1' });
  time += 10 * 3_600_000;
  expect(await credentialsFor(HOST)).toEqual({ username: 'AWS', password: 'pa:ss1' });
  time += 2 * 3_600_000;
  expect(await credentialsFor(HOST)).toEqual({ username: 'AWS', password: 'pa:ss2' });
  expect(asked).toEqual([HOST, HOST]);
});

it.each(['cgr.dev', `${HOST}.evil.example`, 'evil-123456789012.dkr.ecr.eu-west-1.amazonaws.com'])(
  'never gives them to %s',
  async (registry) => {
    const credentialsFor = createEcrCredentials({
      authorizationToken: async () => btoa('AWS:secret'),
      clock: { now: () => new Date(0) },
    });
    expect(await credentialsFor(registry)).toBeUndefined();
  },
);

it('refuses a token that is none, without showing it', async () => {
  const credentialsFor = createEcrCredentials({
    authorizationToken: async () => btoa('secret'),
    clock: { now: () => new Date(0) },
  });
  const failure = await credentialsFor(HOST).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(InvalidAuthorizationTokenError);
  expect(String(failure)).not.toContain('secret');
});
