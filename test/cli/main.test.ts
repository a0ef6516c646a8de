import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'tidewatch-main-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the process', () => {
  it('is what package.json calls tidewatch', () => {
    const { bin, version } = JSON.parse(readFileSync('package.json', 'utf8'));

    expect(bin).toEqual({ tidewatch: 'cli/main.ts' });
    expect(spawnSync(bin.tidewatch, ['--version'], { encoding: 'utf8' })).toMatchObject({
      status: 0,
      stdout: `${version}\n`,
      stderr: '',
    });
  });

  it('ends with the status of its command', () => {
    writeFileSync(join(folder, 'bad.ndjson'), '{"at": "2026-03-02T07:00:00Z", "do": "dance"}\n');
    const bad = tidewatch('simulate', join(folder, 'bad.ndjson'), '--out', join(folder, 'out'));
    expect(bad.status).toBe(2);
    expect(bad.stdout).toBe('');
    expect(bad.stderr).toBe(`${join(folder, 'bad.ndjson')}: line 1: do: no such event: "dance"\n`);

    expect(tidewatch('scan', `oci:${join(folder, 'nothing')}`)).toMatchObject({ status: 3 });

    writeFileSync(join(folder, 'table.tsv'), '1\t>\t2\n');
    expect(tidewatch('conformance', 'deb', join(folder, 'table.tsv'))).toMatchObject({
      status: 1,
      stdout: expect.stringContaining('0 agree, 1 disagree\n'),
    });
  });

  it('has no colours where nobody asked for them', () => {
    expect(tidewatch('help').stdout).not.toContain('\u001B');
  });

  it('takes REGISTRY_ENDPOINTS from the environment, and refuses what it cannot use', () => {
    const { status, stderr } = spawnSync(
      process.execPath,
      ['cli/main.ts', 'scan', 'cgr.dev/chainguard/python:latest'],
      { encoding: 'utf8', env: { ...process.env, REGISTRY_ENDPOINTS: 'cgr.dev=ftp://x' } },
    );

    expect(status).toBe(2);
    expect(stderr).toMatch(/^tidewatch: REGISTRY_ENDPOINTS: expected an https URL/);
  });

  it('goes on to its own end, in silence, when nobody reads its output', async () => {
    const out = join(folder, 'unread');
    const child = spawn(
      process.execPath,
      ['cli/main.ts', 'simulate', 'test/worlds/six-events.ndjson', '--out', out],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    );
    child.stdout.destroy();
    let stderr = '';
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    const status = await new Promise((resolve) => child.on('close', resolve));

    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(readFileSync(join(out, 'runs.ndjson'), 'utf8')).toContain('"status":"complete"');
  });
});

function tidewatch(...args: string[]) {
  const { NO_COLOR: _, FORCE_COLOR: __, ...env } = process.env;
  return spawnSync(process.execPath, ['cli/main.ts', ...args], { encoding: 'utf8', env });
}
