import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, it } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'tidewatch-app-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs the app as `cdk synth` does, without bundles and without the CLI. */
async function synthWith(config: string, variables: Readonly<Record<string, string>> = {}) {
  const file = join(folder, `${readdirSync(folder).length}.config.ts`);
  const library = JSON.stringify(resolve('lib/tidewatch-config.ts'));
  writeFileSync(file, `import { defineConfig } from ${library};\n${config}\n`);
  return synthFile(file, variables);
}

async function synthFile(file: string, variables: Readonly<Record<string, string>> = {}) {
  const context = { config: file, 'aws:cdk:bundling-stacks': [] };
  const env = {
    PATH: process.env.PATH,
    CDK_CONTEXT_JSON: JSON.stringify(context),
    ...variables,
  };
  return promisify(execFile)(process.execPath, ['bin/app.ts'], { env }).then(
    ({ stderr }) => ({ code: 0, stderr }),
    ({ code, stderr }) => ({ code, stderr }),
  );
}

it('says what is wrong with a configuration, a line a mistake, and nothing else', async () => {
  const { code, stderr } = await synthWith(
    "export default defineConfig({ nightAt: '2am', slack: { workspaceId: 'T0123ABCD' } });",
  );

  expect(code).toBe(1);
  expect(stderr).toBe(
    [
      'bad configuration:',
      '  nightAt: expected HH:MM, got "2am"',
      '  slack.channelId: expected a text, got nothing',
      '',
    ].join('\n'),
  );
});

it('refuses a secret of another account or region than the one that the CLI goes to', async () => {
  const secret = 'arn:aws:secretsmanager:us-east-1:222222222222:secret:pull-AbCdEf';
  const { code, stderr } = await synthWith(
    `export default defineConfig({ registries: { 'ghcr.io': { secret: '${secret}' } } });`,
    { CDK_DEFAULT_ACCOUNT: '222222222222', CDK_DEFAULT_REGION: 'eu-west-1' },
  );

  expect(code).toBe(1);
  expect(stderr).toBe(
    [
      'bad configuration:',
      '  registries["ghcr.io"].secret: expected a secret of the stack’s own region (eu-west-1), got one of us-east-1',
      '',
    ].join('\n'),
  );
});

it('asks for a configuration where a file has none', async () => {
  const { code, stderr } = await synthWith('defineConfig({});');

  expect(code).toBe(1);
  expect(stderr).toContain('default export: expected defineConfig({ … }), got nothing');
});

it('asks for defineConfig where a file leaves it out', async () => {
  const { code, stderr } = await synthWith("export default { nightAt: '02:00' };");

  expect(code).toBe(1);
  expect(stderr).toMatch(
    /^bad .*\.config\.ts:\n {2}default export: expected defineConfig\({ … }\), got something else\n$/,
  );
});

it('names the line of a configuration that is no TypeScript', async () => {
  const { code, stderr } = await synthWith("export default defineConfig({ nightAt: '02:00'");

  expect(code).toBe(1);
  expect(stderr).toMatch(/^bad .*\.config\.ts:\n {2}line \d: Expected ',', got '<eof>'\n$/);
});

it('names a configuration that is not there', async () => {
  const file = join(folder, 'missing.config.ts');

  expect(await synthFile(file)).toEqual({
    code: 1,
    stderr: `bad ${file}:\n  there is no such file\n`,
  });
});
