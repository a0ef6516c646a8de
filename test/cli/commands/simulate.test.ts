import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { lockFolder } from '../../../local/cloud/lock.ts';
import { runCommandLine } from '../../support/command-line.ts';
import { anEntry } from '../../support/suppression-builders.ts';

const SIX_EVENTS = 'test/worlds/six-events.ndjson';

const folder = mkdtempSync(join(tmpdir(), 'tidewatch-simulate-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('simulate', () => {
  it('plays a world, gzipped or not, and says where everything lies', async () => {
    const packed = join(folder, 'world.ndjson.gz');
    writeFileSync(packed, gzipSync(readFileSync(SIX_EVENTS)));
    const [plain, zipped] = [join(folder, 'plain'), join(folder, 'zipped')];

    const { status, out, err } = await runCommandLine(['simulate', SIX_EVENTS, '--out', plain]);

    expect({ status, err }).toEqual({ status: 0, err: [] });
    expect(out[0]).toMatch(/^2026-03-03 {2}1 of 1 scanned\. 1 alert\.$/);
    expect(out[1]).toMatch(/^ {2}baseline, high: Watching 1 workload/);
    expect(out).toContain('6 events, 1 night, 1 alert.');
    const named = out.flatMap((line) => /^ {2}(\/\S+)/.exec(line)?.[1] ?? []);
    expect(named).toContain(join(plain, 'report.html'));
    expect(named.filter((path) => !existsSync(path))).toEqual([]);

    expect(await runCommandLine(['simulate', packed, '--out', zipped])).toMatchObject({
      status: 0,
    });
    expect(readFileSync(join(zipped, 'alerts.ndjson'))).toEqual(
      readFileSync(join(plain, 'alerts.ndjson')),
    );
  });

  it('plays the example of docs/worlds.md as it is written', async () => {
    const world = join(folder, 'example.ndjson');
    const [, example = ''] =
      /```json\n(.*?)```/s.exec(readFileSync('docs/worlds.md', 'utf8')) ?? [];
    writeFileSync(world, example);

    const told = await runCommandLine(['simulate', world, '--out', join(folder, 'example')]);

    expect(told).toMatchObject({ status: 0, err: [] });
    expect(told.out.filter((line) => line.includes('CVE-2026-9000041'))).toHaveLength(2);
  });

  it('plays with a file of suppressions, which holds by the clock of the world', async () => {
    const file = join(folder, 'suppressions.yaml');
    const out = join(folder, 'suppressed');
    const entry = anEntry({
      vulnerability: 'CVE-2026-9000032',
      package: '*zlib*',
      until: '2026-03-20',
    });
    const entries = { suppressions: [{ ...entry, created: '2026-03-01' }] };
    writeFileSync(file, JSON.stringify(entries));
    const words = ['simulate', SIX_EVENTS, '--out', out, '--quiet', '--suppressions', file];

    expect(await runCommandLine(words)).toEqual({ status: 0, out: [], err: [] });

    const lines = readFileSync(join(out, 'findings.ndjson'), 'utf8').trimEnd().split('\n');
    const states = lines.map((line) => JSON.parse(line)).map(({ id, state }) => `${id} ${state}`);
    expect(states).toContain('CVE-2026-9000032 suppressed');
    expect(states).not.toContain('CVE-2026-9000032 open');
  });

  it.each([
    ['is not there', undefined, 'no such file'],
    ['is wrong', 'suppressions: 1', 'suppressions: expected array, got 1'],
  ])('plays nothing with a file of suppressions that %s', async (_name, text, problem) => {
    const file = join(folder, `bad-${text === undefined ? 'missing' : 'wrong'}.yaml`);
    if (text !== undefined) writeFileSync(file, text);
    const out = join(folder, 'never');
    const words = ['simulate', SIX_EVENTS, '--out', out, '--suppressions', file];
    const { status, err } = await runCommandLine(words);
    expect(status).toBe(2);
    expect(err.join('\n')).toContain(problem);
    expect(existsSync(out)).toBe(false);
  });

  it('says why there is no report when no night was played', async () => {
    const world = join(folder, 'nightless.ndjson');
    const out = join(folder, 'nightless');
    writeFileSync(
      world,
      '{"at":"2026-03-02T07:00:00Z","do":"watch","image":"cgr.dev/chainguard/python:latest"}\n',
    );

    const told = await runCommandLine(['simulate', world, '--out', out]);

    expect(told.status).toBe(0);
    expect(told.out).toContain('1 event, 0 nights, 0 alerts.');
    expect(told.out).toContain('No night was played, so there is no report.');
    expect(existsSync(join(out, 'report.html'))).toBe(false);
  });

  it('counts the dead letters, with the repositories whose pushes they were', async () => {
    const world = join(folder, 'dead.ndjson');
    const push = {
      do: 'push',
      image: '123456789012.dkr.ecr.eu-central-1.amazonaws.com/team/api:1',
      platforms: { 'linux/amd64': { layers: [{ apk: ['zlib=1.3-r0'] }] } },
    };
    const fault = { do: 'fault', call: 's3:PutObject', times: 1000, error: 'denied' };
    const lines = [fault, push].map((event) =>
      JSON.stringify({ at: '2026-03-02T07:00:00Z', ...event }),
    );
    writeFileSync(world, `${lines.join('\n')}\n`);

    const told = await runCommandLine(['simulate', world, '--out', join(folder, 'dead')]);

    expect(told.status).toBe(0);
    expect(told.out).toContain('1 dead letter, given up by the queues, pushes to team/api.');
  });

  it('prints nothing when it shall be quiet', async () => {
    const args = ['simulate', SIX_EVENTS, '--quiet', '--out', join(folder, 'quiet')];
    expect(await runCommandLine(args)).toEqual({ status: 0, out: [], err: [] });
  });

  it('names the file and the line of what is wrong, and plays nothing', async () => {
    const world = join(folder, 'wrong.ndjson');
    const out = join(folder, 'never');
    writeFileSync(
      world,
      '{"at":"2026-03-02T07:00:00Z","do":"night"}\n{"at":"2026-03-02T08:00:00Z","do":"rest"}\n',
    );

    expect(await runCommandLine(['simulate', world, '--out', out])).toEqual({
      status: 2,
      out: [],
      err: [`${world}: line 2: do: no such event: "rest"`],
    });
    expect(existsSync(out)).toBe(false);
  });

  it('refuses a world that is not there', async () => {
    const { status, err } = await runCommandLine(['simulate', '/does/not/exist', '--out', folder]);

    expect(status).toBe(2);
    expect(err).toEqual([
      expect.stringMatching(/^tidewatch: cannot read "\/does\/not\/exist": ENOENT/),
    ]);
  });

  it('refuses a folder that holds something else, and leaves it as it is', async () => {
    const out = mkdtempSync(join(folder, 'mine-'));
    writeFileSync(join(out, 'thesis.txt'), 'mine');

    const { status, err } = await runCommandLine(['simulate', SIX_EVENTS, '--out', out]);

    expect(status).toBe(2);
    expect(err).toEqual([
      expect.stringMatching(/^tidewatch: neither empty nor an earlier output.*thesis\.txt/),
    ]);
    expect(readFileSync(join(out, 'thesis.txt'), 'utf8')).toBe('mine');
    expect(existsSync(join(out, '.state'))).toBe(false);
  });

  it('refuses a folder that another play uses', async () => {
    const out = join(folder, 'busy');
    await runCommandLine(['simulate', SIX_EVENTS, '--quiet', '--out', out]);
    const lock = await lockFolder(join(out, '.state'));

    const { status, err } = await runCommandLine(['simulate', SIX_EVENTS, '--out', out]);
    await lock.release();

    expect(status).toBe(2);
    expect(err).toEqual([expect.stringMatching(/^tidewatch: in use by process \d+/)]);
  });

  it('ends with status 1 when a night cannot be brought to its end', async () => {
    const world = join(folder, 'broken.ndjson');
    const events = [
      { at: '2026-03-02T07:00:00Z', do: 'watch', image: 'cgr.dev/chainguard/python:latest' },
      {
        at: '2026-03-02T08:00:00Z',
        do: 'fault',
        call: 's3:PutObject',
        times: 100_000,
        error: 'denied',
        attempts: 'all',
      },
      { at: '2026-03-03T02:00:00Z', do: 'night' },
    ];
    writeFileSync(world, events.map((event) => `${JSON.stringify(event)}\n`).join(''));

    const { status, out, err } = await runCommandLine([
      'simulate',
      world,
      '--out',
      join(folder, 'broken'),
    ]);

    expect(status).toBe(1);
    expect(err[0]).toMatch(/^tidewatch: the night of 2026-03-03T02:00:00\.000Z failed: /);
    expect(out[0]).toBe('2026-03-03  This night failed.');
    expect(out).toContain('3 events, 1 night, 0 alerts.');
  });
});
