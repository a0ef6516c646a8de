import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';

describe.each([
  ['bench/main.ts', 'usage: npm run bench -- [--json] [versions|'],
  ['bench/sweep.ts', 'usage: npm run sweep'],
])('%s', (program, usage) => {
  it('prints its usage when asked for help', () => {
    const { status, stdout, stderr } = run(program, '--help');

    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain(usage);
  });

  it.each(['--frob', 'frob'])('refuses %s with status 2 and the usage, without a stack', (word) => {
    const { status, stdout, stderr } = run(program, word);

    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain('frob');
    expect(stderr).toContain(usage);
    expect(stderr).not.toMatch(/^ +at /m);
  });
});

function run(program: string, word: string) {
  return spawnSync(process.execPath, [program, word], { encoding: 'utf8' });
}
