import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { runCommandLine } from '../../support/command-line.ts';
import {
  type InstallationServer,
  type Invoked,
  startInstallation,
} from '../../support/installation-server.ts';

const DOCTOR = 'arn:aws:lambda:eu-west-1:123456789012:function:doctor';

let answer: Invoked;
let server: InstallationServer;

beforeEach(async () => {
  server = await startInstallation({
    stacks: { Tidewatch: { Doctor: DOCTOR }, Other: { Bucket: 'b' } },
    invoke: () => answer,
  });
  vi.stubEnv('AWS_ENDPOINT_URL', server.endpoint);
  vi.stubEnv('AWS_REGION', 'eu-west-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await server[Symbol.asyncDispose]();
});

const works = { subject: 'state table', ok: true, detail: 'answers', remedy: null };
const fails = {
  subject: 'ecs/eu-west-1',
  ok: false,
  detail: 'AccessDeniedException: no \u001b[31mListClusters',
  remedy: 'Deploy again.',
};

it('prints a line a check, and below what failed what to do', async () => {
  answer = {
    payload: { functions: [{ function: 'list-deployments', lines: [works, fails] }] },
  };

  expect(await runCommandLine(['doctor'])).toEqual({
    status: 1,
    out: [
      '',
      'list-deployments',
      '  ok    state table: answers',
      '  FAIL  ecs/eu-west-1: AccessDeniedException: no [31mListClusters',
      '        → Deploy again.',
      '',
    ],
    err: ['1 check failed'],
  });
  expect(server.invocations).toEqual([{ functionName: DOCTOR, event: {} }]);
});

it('ends with 0 when everything works, and prints JSON for programs', async () => {
  answer = { payload: { functions: [{ function: 'assess-push', lines: [works] }] } };

  const { status, out, err } = await runCommandLine(['doctor', '--format', 'json']);

  expect({ status, err }).toEqual({ status: 0, err: [] });
  expect(JSON.parse(out.join('\n'))).toEqual(answer.payload);
});

it.each([
  ['Missing', 'no stack "Missing" in this account and region'],
  ['Other', 'has no output Doctor'],
])('says that stack %s will not do', async (stack, message) => {
  const { status, out, err } = await runCommandLine(['doctor', '--stack', stack]);

  expect({ status, out }).toEqual({ status: 2, out: [] });
  expect(err.join('\n')).toContain(message);
});

it('fails by name when the doctor itself cannot start', async () => {
  answer = {
    payload: { errorType: 'BadEnvironmentError', errorMessage: 'bad environment: EXAMINED' },
    isError: true,
  };

  const { status, err } = await runCommandLine(['doctor']);

  expect(status).toBe(1);
  expect(err).toEqual(['tidewatch: bad environment: EXAMINED']);
});

it('says what the AWS environment lacks', async () => {
  const nowhere = '/nowhere';
  vi.stubEnv('AWS_CONFIG_FILE', nowhere);
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', nowhere);
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
  vi.stubEnv('AWS_ACCESS_KEY_ID', undefined);
  const { status, err } = await runCommandLine(['doctor']);
  expect({ status, err: err.join() }).toMatchObject({
    status: 2,
    err: expect.stringMatching(
      /^tidewatch: no AWS credentials: set AWS_PROFILE to a profile that has some, or /,
    ),
  });

  vi.stubEnv('AWS_REGION', undefined);
  expect(await runCommandLine(['doctor'])).toMatchObject({
    status: 2,
    err: ['tidewatch: no AWS region: set AWS_REGION, or AWS_PROFILE to a profile that has one'],
  });
});
