import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { UnusableInputError, UsageError } from '../../../cli/command-errors.ts';
import type { Io } from '../../../cli/io.ts';
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
  ['an unknown scheme', ['maven', 'x.tsv'], UsageError, /unknown scheme "maven": one of apk, deb/],
  ['no file', ['apk'], UsageError, /expected SCHEME and FILE/],
  ['too much', ['apk', 'x', 'y'], UsageError, /expected SCHEME and FILE/],
  ['a missing file', ['apk', '/no/such.tsv'], UnusableInputError, /cannot read \/no\/such\.tsv/],
])('refuses %s', async (_name, args, error, message) => {
  const answer = conformance.run(args, printingTo([]));
  await expect(answer).rejects.toThrow(error);
  await expect(answer).rejects.toThrow(message);
});

it.each([
  ['1.0 < 1.1\n', /:1: not "left<TAB>op<TAB>right"/],
  ['1\t<\t2\n1\t!\t2\n', /:2: not/],
  ['', /no comparisons/],
])('refuses the malformed table %j', async (table, message) => {
  const answer = run('apk', table);
  await expect(answer).rejects.toThrow(UnusableInputError);
  await expect(answer).rejects.toThrow(message);
});

async function run(scheme: string, table: string): Promise<{ status: number; lines: string[] }> {
  const file = join(folder, 'table.tsv');
  await writeFile(file, table);
  const lines: string[] = [];
  const status = await conformance.run([scheme, file], printingTo(lines));
  return { status, lines };
}

function printingTo(lines: string[]): Io {
  return {
    print: (line) => void lines.push(line),
    printError: (line) => void lines.push(line),
    isTerminal: false,
    isColoured: false,
    columns: 80,
    registryEndpoints: '',
  };
}
