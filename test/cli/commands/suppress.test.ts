import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { playWorld } from '../../../local/player/play-world.ts';
import { WorldEvent, type WrittenEvent } from '../../../local/world/world-event.ts';
import { runCommandLine } from '../../support/command-line.ts';
import { anAdvisory } from '../../support/fake-ports.ts';
import { running } from '../../support/guarded-world.ts';
import { newFolder } from '../../support/play-folder.ts';

vi.mock('../../../cli/git-author.ts', () => ({ gitAuthor: () => 'Kim <kim@example.org>' }));

const folder = newFolder();
let files = 0;

const COMMENTED = `# Ours: ask before you write.
suppressions:
  # Judged with the vendor in May.
  - id: first
    vulnerability: "CVE-2026-0001" # as they call it
    package: openssl

    owner: team-web
    author: Kim <kim@example.org>
    reason: { justification: risk_accepted, text: Nobody can reach it. }
    created: 2026-05-01
    until: fix
  # A second word.
  - id: second
    vulnerability: CVE-2026-0002
    image: [registry.example/web, "registry.example/api"]
    owner: team-web
    author: Kim <kim@example.org>
    reason:
      justification: component_not_present
      text: Not in these.
    created: 2026-05-01
    until: fix
`;

function fileOf(text?: string): string {
  const file = join(folder, `suppressions-${files++}.yaml`);
  if (text !== undefined) writeFileSync(file, text);
  return file;
}

const WHY = ['--owner', 'team-web', '--reason', 'risk_accepted: Nobody can reach it.'];
const suppress = (file: string, ...words: readonly string[]) =>
  runCommandLine(['suppress', ...words, '--file', file], { columns: 200 });
const today = new Date().toISOString().slice(0, 10);

describe('tidewatch suppress', () => {
  it('begins a file, and says since when it holds', async () => {
    const file = fileOf();
    const said = await suppress(file, 'CVE-2026-9', '--package', 'zlib', '--until', 'fix', ...WHY);
    expect(said).toEqual({
      status: 0,
      err: [],
      out: [
        `Added cve-2026-9-zlib to ${file}: CVE-2026-9 in package zlib, until a fix exists.`,
        'Whether a fix is known already, and it silences nothing: --state or --stack says so.',
        'It holds from the first night after it is deployed.',
      ],
    });
    expect(
      readFileSync(file, 'utf8'),
    ).toBe(`# What Tidewatch is not to tell, and until when: docs/suppressions.md.
# yaml-language-server: $schema=./docs/suppressions.schema.json
suppressions:
  - id: cve-2026-9-zlib
    vulnerability: CVE-2026-9
    package: zlib
    owner: team-web
    author: Kim <kim@example.org>
    reason:
      justification: risk_accepted
      text: Nobody can reach it.
    created: ${today}
    until: fix
`);
  });

  it('adds to the end of a file, and leaves every other line as it is', async () => {
    const file = fileOf(COMMENTED);
    await suppress(
      file,
      'CVE-2026-9',
      '--image',
      'r.example/a',
      '--image',
      'r.example/b',
      '--until',
      'fix',
      ...WHY,
    );
    const text = readFileSync(file, 'utf8');
    expect(text.slice(0, COMMENTED.length)).toBe(COMMENTED);
    expect(text.slice(COMMENTED.length)).toContain(
      'image:\n      - r.example/a\n      - r.example/b\n',
    );
  });

  it('takes an entry out with its own comment, and leaves every other line as it is', async () => {
    const file = fileOf(COMMENTED);
    const { out } = await suppress(file, '--remove', 'second');
    expect(out).toEqual([`Took second out of ${file}.`]);
    const [first] = COMMENTED.split('  # A second word.');
    expect(readFileSync(file, 'utf8')).toBe(first);
  });

  it('takes the first entry out, and the last', async () => {
    const file = fileOf(COMMENTED);
    await suppress(file, '--remove', 'first');
    expect(readFileSync(file, 'utf8')).toBe(
      `# Ours: ask before you write.\nsuppressions:\n  # A second word.${COMMENTED.split('  # A second word.')[1]}`,
    );
    await suppress(file, '--remove', 'second');
    expect(readFileSync(file, 'utf8')).toMatch(
      /^# Ours: ask before you write\.\nsuppressions:.*\[\]\n$/s,
    );
    expect((await suppress(file, '--list')).out).toEqual([expect.stringMatching(/: 0 entries/)]);
  });

  it('lists what is in the file', async () => {
    const { out } = await suppress(fileOf(COMMENTED), '--list');
    expect(out[0]).toMatch(/: 2 entries, version [0-9a-f]{12}$/);
    expect(out.slice(1, 5)).toEqual([
      '  first: until a fix exists, owner team-web',
      '    CVE-2026-0001 in package openssl',
      '  second: until a fix exists, owner team-web',
      expect.stringMatching(/^ {4}CVE-2026-0002 in image registry.example\/web or /),
    ]);
  });

  it('warns of an entry that ended', async () => {
    const ended = COMMENTED.replace('until: fix', 'until: 2026-05-02');
    const { status, out } = await suppress(fileOf(ended), '--list');
    expect(status).toBe(0);
    expect(out.at(-1)).toMatch(/^Warning: first: it ended on 2026-05-02: take the entry out/);
  });

  it('writes nothing on a dry run', async () => {
    const file = fileOf();
    const words = ['--package', 'zlib', '--until', 'fix', '--dry-run'];
    const { out } = await suppress(file, 'CVE-2026-9', ...words, ...WHY);
    expect(out[0]).toMatch(/^Would add cve-2026-9-zlib/);
    expect(existsSync(file)).toBe(false);
  });

  it.each<[string, string[], RegExp]>([
    [
      'no owner',
      ['CVE-1', '--package', 'a', '--until', 'fix', '--reason', 'risk_accepted: x'],
      /^tidewatch: expected --owner NAME$/,
    ],
    [
      'no scope',
      ['CVE-1', '--until', 'fix', ...WHY],
      /^tidewatch: expected --package, --image or --workload: nothing is silenced everywhere$/,
    ],
    [
      'no end',
      ['CVE-1', '--package', 'a', ...WHY],
      /^tidewatch: expected --until DAY, fix or change$/,
    ],
    [
      'no word of VEX',
      ['CVE-1', '--package', 'a', '--until', 'fix', '--owner', 'x', '--reason', 'because'],
      /^tidewatch: expected --reason "WORD: TEXT" with one of component_not_present/,
    ],
    [
      'an end that is past',
      ['CVE-1', '--package', 'a', '--until', '2026-01-01', ...WHY],
      /yaml: cve-1-a: until: expected a day from .* on, got 2026-01-01$/,
    ],
    [
      'an end in ten years',
      ['CVE-1', '--package', 'a', '--until', '2036-01-01', ...WHY],
      /yaml: cve-1-a: until: expected at most 366 days/,
    ],
    [
      'everything',
      ['CVE-1', '--package', '*', '--until', 'fix', ...WHY],
      /yaml: cve-1: package: expected something that does not stand for everything, got "\*"$/,
    ],
    [
      'what is silenced already',
      ['CVE-2026-0001', '--package', 'openssl', '--until', 'fix', ...WHY],
      /yaml: cve-2026-0001-openssl: would never be used: first silences all of CVE-2026-0001 that it would$/,
    ],
    [
      'a change from nothing',
      ['CVE-1', '--package', 'a', '--until', 'change', ...WHY],
      /^tidewatch: expected --severity S: until it changes from what\?/,
    ],
    ['an entry that is not there', ['--remove', 'third'], /yaml: no entry "third"$/],
  ])('refuses %s in one line, and writes nothing', async (_name, words, error) => {
    const file = fileOf(COMMENTED);
    const { status, err } = await suppress(file, ...words);
    expect(status).toBe(2);
    expect(err[0]).toMatch(error);
    expect(readFileSync(file, 'utf8')).toBe(COMMENTED);
  });

  it('says where a file is no YAML', async () => {
    const { status, err } = await suppress(fileOf('suppressions: [\n'), '--list');
    expect(status).toBe(2);
    expect(err).toHaveLength(1);
    expect(err[0]).toMatch(/yaml: line \d+: /);
  });

  it('takes nothing out that another entry repeats, and says so', async () => {
    const text = COMMENTED.replace('owner: team-web', 'owner: &owner team-web').replace(
      'owner: team-web\n',
      'owner: *owner\n',
    );
    const file = fileOf(text);
    const { status, err } = await suppress(file, '--remove', 'first');
    expect(status).toBe(2);
    expect(err[0]).toMatch(/yaml: .*owner/);
    expect(readFileSync(file, 'utf8')).toBe(text);
    expect((await suppress(file, '--remove', 'second')).status).toBe(0);
  });

  it('names a text of YAML without an end', async () => {
    const { status, err } = await suppress(fileOf('suppressions: &all [*all]\n'), '--list');
    expect(status).toBe(2);
    expect(err).toEqual([expect.stringMatching(/yaml: \*all: an alias of what it stands in$/)]);
  });

  it('finds a name that is free', async () => {
    const file = fileOf();
    const words = ['CVE-2026-9', '--until', 'fix', ...WHY];
    await suppress(file, ...words, '--package', 'a/b');
    const { out } = await suppress(file, ...words, '--package', 'a-b');
    expect(out[0]).toMatch(/^Added cve-2026-9-a-b-2 /);
  });
});

describe('with a night at hand', () => {
  const state = join(folder, 'out', '.state');
  beforeAll(async () => {
    const record = anAdvisory('CVE-2026-9000001', { name: 'openssl', severity: 'critical' });
    const fixed = anAdvisory('CVE-2026-9000002', { name: 'zlib', fixed: '2.0-r0' });
    const events: WrittenEvent[] = [
      ...running(['openssl', 'zlib']),
      { at: '2026-03-01T12:00:00Z', do: 'advise', feed: 'wolfi', record },
      { at: '2026-03-01T12:00:00Z', do: 'advise', feed: 'wolfi', record: fixed },
      { at: '2026-03-02T02:00:00Z', do: 'night' },
    ];
    await playWorld(
      events.map((event) => WorldEvent.parse(event)),
      join(folder, 'out'),
    );
  }, 60_000);

  it('shows what it would silence, and takes the severity that it changes from', async () => {
    const file = fileOf();
    const words = ['--package', 'openssl', '--until', 'change', '--state', state, ...WHY];
    const { status, out, err } = await suppress(file, 'CVE-2026-9000001', ...words);
    expect({ status, err }).toEqual({ status: 0, err: [] });
    expect(out[1]).toBe('Of the night of 2026-03-02T02:00:00.000Z it would silence 1 finding:');
    expect(out[2]).toMatch(/^ {2}CVE-2026-9000001 \(critical\) in pkg:apk\/wolfi\/openssl@/);
    expect(out[3]).toMatch(/^ {4}\w+\/.* linux\/amd64\)/);
    expect(readFileSync(file, 'utf8')).toContain(
      '    judged:\n      severity: critical\n      exploited: false\n',
    );
  });

  it('warns where an entry would hold until a fix that is known, and says which version it is', async () => {
    const words = ['--package', 'zlib', '--state', state, ...WHY, '--until'];
    const { status, out } = await suppress(fileOf(), 'CVE-2026-9000002', ...words, 'fix');
    expect(status).toBe(0);
    expect(out.slice(1)).toEqual([
      'Nothing that the night of 2026-03-02T02:00:00.000Z found open would be silenced.',
      'Warning: until a fix exists: one is known, so that it silences nothing of',
      expect.stringMatching(
        /^ {2}CVE-2026-9000002 \(high\) in pkg:apk\/wolfi\/zlib@.*, fixed in 2.0-r0$/,
      ),
      expect.stringMatching(/^ {4}\w+\/.* linux\/amd64\)/),
      'It holds from the first night after it is deployed.',
    ]);
    const dated = await suppress(fileOf(), 'CVE-2026-9000002', ...words, today);
    expect(dated.out.join('\n')).toContain('it would silence 1 finding:');
    expect(dated.out.join('\n')).not.toContain('Warning');
  });

  it('says that it would silence nothing', async () => {
    const words = ['--package', 'zlib', '--until', 'fix', '--state', state, ...WHY];
    const { out } = await suppress(fileOf(), 'CVE-2026-9000001', ...words);
    expect(out[1]).toBe(
      'Nothing that the night of 2026-03-02T02:00:00.000Z found open would be silenced.',
    );
  });
});
