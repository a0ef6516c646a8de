import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runCommandLine } from '../../support/command-line.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'conformance-'));
});
afterAll(() => rm(folder, { recursive: true }));

it('agrees in silence', async () => {
  expect(await run('deb', '# rows\n1.0\t<\t1.1\tmine\n1~\t<\t1\n1\t=\t1-0\r\n')).toEqual({
    status: 0,
    lines: ['3 agree, 0 disagree'],
  });
});

it('prints the lines that disagree', async () => {
  expect(await run('deb', '1.0\t>\t1.1\n1\t=\t1\n')).toEqual({
    status: 1,
    lines: ['1: 1.0 > 1.1, but 1.0 < 1.1 and 1.1 > 1.0', '1 agree, 1 disagree'],
  });
});

it('counts a version that the scheme refuses as a disagreement', async () => {
  expect(await run('pep440', 'legacy\t<\t1\n')).toEqual({
    status: 1,
    lines: ['1: legacy < 1, but invalid pep440 version: "legacy"', '0 agree, 1 disagree'],
  });
});

it.each([
  ['an unknown scheme', ['calver', 'x.tsv'], /unknown scheme "calver": one of apk, deb, maven/],
  ['no file', ['apk'], /expected SCHEME and FILE/],
  ['too much', ['apk', 'x', 'y'], /expected SCHEME and FILE/],
  ['a missing file', ['apk', '/no/such.tsv'], /^tidewatch: cannot read \/no\/such\.tsv/],
])('refuses %s', async (_name, args, message) => {
  const { status, out, err } = await runCommandLine(['conformance', ...args]);
  expect({ status, out }).toEqual({ status: 2, out: [] });
  expect(err.join('\n')).toMatch(message);
});

it.each([
  ['1.0 < 1.1\n', /:1: not "left<TAB>op<TAB>right"/],
  ['1\t<\t2\n1\t!\t2\n', /:2: not/],
  ['', /no comparisons/],
])('refuses the malformed table %j', async (table, message) => {
  const { status, lines } = await run('apk', table);
  expect(status).toBe(2);
  expect(lines.join('\n')).toMatch(message);
});

async function run(scheme: string, table: string): Promise<{ status: number; lines: string[] }> {
  const file = join(folder, 'table.tsv');
  await writeFile(file, table);
  const { status, out, err } = await runCommandLine(['conformance', scheme, file]);
  return { status, lines: [...out, ...err] };
}
