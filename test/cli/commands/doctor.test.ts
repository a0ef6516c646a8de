import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { runCommandLine } from '../../support/command-line.ts';
import {
  type InstallationServer,
  type Invoked,
  startInstallation,
} from '../../support/installation-server.ts';
import { newFolder } from '../../support/play-folder.ts';

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
      'configuration',
      '  ok    tidewatch.config.ts: holds together',
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
  expect(JSON.parse(out.join('\n'))).toEqual({
    configuration: [
      { subject: 'tidewatch.config.ts', ok: true, detail: 'holds together', remedy: null },
    ],
    ...(answer.payload as object),
  });
});

describe('what the next deployment would read', () => {
  const MEND = '        → Mend it: nothing can be deployed like this.';
  const folder = relative('.', newFolder());

  /** The lines of the configuration; the installation itself is well. */
  async function configured(config: string): Promise<readonly string[]> {
    answer = { payload: { functions: [] } };
    const file = join(folder, `${readdirSync(folder).length}.config.ts`);
    const library = JSON.stringify(resolve('lib/tidewatch-config.ts'));
    writeFileSync(file, `import { defineConfig } from ${library};\n${config}\n`);
    const { status, out } = await runCommandLine(['doctor', '--config', file], { columns: 300 });
    const lines = out.map((line) => line.replaceAll(folder, 'DIR').replace(/\d+(?=\.config)/, 'N'));
    expect(status).toBe(lines.some((line) => line.startsWith('  FAIL')) ? 1 : 0);
    return lines.filter((line) => line !== '' && line !== 'configuration');
  }

  it('is read with the files that it names', async () => {
    const file = join(folder, 'decided.yaml');
    writeFileSync(file, 'suppressions: []\n');
    mkdirSync(join(folder, 'vex'));
    const vex = JSON.stringify({ folder: join(folder, 'vex') });
    expect(
      await configured(
        `export default defineConfig({ suppressions: ${JSON.stringify(file)}, vex: ${vex} });`,
      ),
    ).toEqual([
      '  ok    DIR/N.config.ts: holds together',
      '  ok    DIR/decided.yaml: 0 suppressions',
      '  ok    DIR/vex: VEX: 0 statements',
    ]);
  });

  it.each<[string, string, string[]]>([
    [
      'files that are not there',
      "export default defineConfig({ suppressions: 'no.yaml', vex: { folder: 'no' } });",
      [
        '  ok    DIR/N.config.ts: holds together',
        '  FAIL  configuration: suppressions: no such file: no.yaml',
        MEND,
        '  FAIL  configuration: vex.folder: no such folder: no',
        MEND,
      ],
    ],
    [
      'a mistake of its own',
      "export default defineConfig({ nightAt: '2am', rememberDays: -1 });",
      [
        '  FAIL  DIR/N.config.ts: nightAt: expected HH:MM, got "2am"',
        MEND,
        '  FAIL  DIR/N.config.ts: rememberDays: expected 0 to 90 days, got -1',
        MEND,
      ],
    ],
    [
      'something else than a configuration',
      'export default 5;',
      ['  FAIL  DIR/N.config.ts: default export: expected defineConfig({ … })', MEND],
    ],
  ])('is told where it has %s', async (_what, config, lines) => {
    expect(await configured(config)).toEqual(lines);
  });

  it('has to be there where it is named', async () => {
    expect(await runCommandLine(['doctor', '--config', 'nowhere.config.ts'])).toEqual({
      status: 2,
      out: [],
      err: ['tidewatch: no such file: nowhere.config.ts'],
    });
  });
});

it.each([
  ['Missing', 'no stack "Missing" in this account and region'],
  ['Other', 'has no output Doctor'],
])('says that stack %s will not do', async (stack, message) => {
  const { status, out, err } = await runCommandLine(['doctor', '--stack', stack]);

  const configuration = ['', 'configuration', '  ok    tidewatch.config.ts: holds together'];
  expect({ status, out }).toEqual({ status: 2, out: configuration });
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
