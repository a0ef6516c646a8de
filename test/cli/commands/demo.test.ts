import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CommandOutcome, runCommandLine } from '../../support/command-line.ts';

const folder = mkdtempSync(join(tmpdir(), 'tidewatch-demo-'));
const out = join(folder, 'week');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const HEX = expect.stringMatching(/^[0-9a-f]{12}$/);

let told: CommandOutcome;
let text: string;
beforeAll(async () => {
  told = await runCommandLine(['demo', '--out', out]);
  text = told.out.join('\n');
});

it('plays the week to its end', () => {
  expect(told).toMatchObject({ status: 0, err: [] });
});

it('is read without a wrapped line at 80 columns', () => {
  // How long the folder's name is, is not the story's affair.
  const own = told.out.filter((line) => !line.includes(out));
  expect(own.filter((line) => line.length > 80)).toEqual([]);
});

it('shows no wall of digests, and no long host but once', () => {
  expect(text).not.toMatch(/[0-9a-f]{20}/);
  expect(text.match(/123456789012\.dkr/g)).toHaveLength(1);
});

it('heads each day, and says how each night came out', () => {
  const days = told.out.filter((line) => /^\w+day \d+ March 2026$/.test(line));
  expect(days).toEqual([
    'Monday 2 March 2026',
    'Tuesday 3 March 2026',
    'Wednesday 4 March 2026',
    'Thursday 5 March 2026',
    'Friday 6 March 2026',
    'Saturday 7 March 2026',
    'Sunday 8 March 2026',
    'Monday 9 March 2026',
  ]);
  expect(text.match(/ {2}02:00 {2}night /g)).toHaveLength(7);
  expect(dayOf('Wednesday 4')).toContain('A quiet night: nothing to tell.');
  expect(dayOf('Wednesday 4')).toMatch(/registries: 0 bytes of images, \d+ questions about tags/);
  expect(dayOf('Wednesday 4')).toMatch(/python:latest, rebuilt: other labels, the\s+same packages/);
});

it('prints every alert that was received, with cause, place, remedy and thread', () => {
  const alerts = readFileSync(join(out, 'alerts.ndjson'), 'utf8').trim().split('\n');
  expect(alerts.length).toBeGreaterThan(4);
  expect(text.match(/┃ Why {5}/g)).toHaveLength(alerts.length);
  expect(text.match(/┃ Where {3}/g)).toHaveLength(alerts.length);
  expect(text.match(/┃ Do {6}/g)).toHaveLength(alerts.length);
  for (const { threadId } of alerts.map((line) => JSON.parse(line))) {
    expect(text).toContain(`┃ Thread  ${threadId.slice(0, 8)}`);
  }
});

it('shows what is resolved in the thread of what went wrong', () => {
  const [, thread] = /┃ regression, high[\s\S]*?┃ Thread {2}(\w{8})/.exec(text) ?? [];
  expect(thread).toBeDefined();
  expect(dayOf('Monday 9')).toContain(`Thread  ${thread}, opened Saturday 7 March 2026, 09:00`);
});

it('shows the recorded history of the watched tag', () => {
  const at = told.out.findIndex((line) => line.startsWith('Recorded of cgr.dev/'));
  expect(told.out.slice(at + 2, at + 5).map((line) => line.trim().split(/ {2,}/))).toEqual([
    ['2026-03-02 07:30', HEX, 'Python 3.13.12', 'first seen'],
    ['2026-03-04 05:20', HEX, 'Python 3.13.12', 'the same packages'],
    ['2026-03-06 05:25', HEX, 'Python 3.14.3', '1 changed, 2 added, 2 removed'],
  ]);
});

it('says where report, messages and state lie, and what to try next', () => {
  const named = told.out.flatMap((line) => /^ {2}(\/\S+)/.exec(line)?.[1] ?? []);
  expect(named).toHaveLength(6);
  expect(named.filter((path) => !existsSync(path))).toEqual([]);
  expect(text).toContain('npx tidewatch scan TARGET');
});

describe('again', () => {
  it('replaces its own output, and tells the same story', async () => {
    expect((await runCommandLine(['demo', '--out', out])).out).toEqual(told.out);
  });

  it('is the same story in colours', async () => {
    const coloured = await runCommandLine(['demo', '--out', out], { isColoured: true });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what colours are made of.
    const colours = /\u001B\[\d+m/g;

    expect(coloured.out.join('\n')).toMatch(colours);
    expect(coloured.out.map((line) => line.replace(colours, ''))).toEqual(told.out);
  });
});

function dayOf(name: string): string {
  const start = told.out.findIndex((line) => line.startsWith(name));
  const end = told.out.findIndex((line, index) => index > start && /^\S/.test(line));
  return told.out.slice(start, end).join('\n');
}
