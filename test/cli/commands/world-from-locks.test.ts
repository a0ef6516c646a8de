import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, expect, it } from 'vitest';
import { runCommandLine } from '../../support/command-line.ts';

const folder = mkdtempSync(join(tmpdir(), 'world-from-locks-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const locks = join(folder, 'locks.ndjson');
const variant = {
  arch: 'amd64',
  cmd: '',
  entrypoint: '',
  environment: {},
  layering: null,
  packages: ['zlib=1-r0'],
  runAs: '65532',
  tags: ['latest'],
};
const lock = { image: 'cgr.dev/a/b', lockedAt: '2026-04-14T19:00:00+00:00', variants: [variant] };
writeFileSync(locks, `${JSON.stringify(lock)}\n`);

it('writes a world, gzipped when its name says so', async () => {
  const plain = join(folder, 'world.ndjson');
  expect(await run(locks, plain)).toEqual({ status: 0, lines: [`3 events in ${plain}`] });
  expect(await run(locks, `${plain}.gz`)).toMatchObject({ status: 0 });

  const text = readFileSync(plain, 'utf8');
  expect(text.match(/"do":"(?:watch|push|night)"/g)).toHaveLength(3);
  expect(gunzipSync(readFileSync(`${plain}.gz`)).toString()).toBe(text);
});

it.each([
  ['no world', [locks], /^tidewatch: expected LOCKS and WORLD\nusage: /],
  ['a word too many', [locks, 'a', 'b'], /usage: /],
  ['an unknown option', [locks, 'a', '--fast'], /usage: /],
  ['an unknown disturbance', [locks, 'a', '--events', 'odd'], /unknown --events "odd"\nusage: /],
  ['an image that is not there', [locks, 'a', '--image', 'a/c'], /no image "a\/c" in the locks/],
  ['an application without Python', [locks, 'a', '--app'], /needs chainguard\/python/],
  ['no locks', [join(folder, 'none'), 'a'], /ENOENT/],
])('refuses %s with status 2', async (_what, args, message) => {
  const { status, lines } = await run(...args);
  expect(status).toBe(2);
  expect(lines.join('\n')).toMatch(message);
});

async function run(...args: string[]) {
  const { status, out, err } = await runCommandLine(['world-from-locks', ...args]);
  return { status, lines: [...out, ...err] };
}
