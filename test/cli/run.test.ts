import { expect, it } from 'vitest';
import { runCommandLine } from '../support/command-line.ts';

it.each([
  [[], /expected a command/],
  [['frob'], /unknown command or option "frob"/],
  [['explian'], /unknown command or option "explian" \(did you mean explain\?\)/],
  [['--frob'], /unknown command or option "--frob"/],
  [['help', 'frob'], /unknown command or option "frob"/],
  [['help', 'scan', 'demo'], /help takes one command/],
  [['--version', 'now'], /--version takes nothing more/],
  [['demo', 'fast'], /Unexpected argument 'fast'/],
  [['demo', '--fast'], /Unknown option '--fast'/],
  [['simulate', '--out', 'd'], /expected one WORLD/],
  [['simulate', 'a', 'b', '--out', 'd'], /expected one WORLD/],
  [['simulate', 'a'], /expected --out DIR/],
  [['simulate', 'a', '--out'], /'--out <value>' argument missing/],
  [['simulate', 'a', '--out', 'd', '--speed', '2'], /Unknown option '--speed'/],
  [['scan'], /expected one TARGET/],
  [['scan', 'a', 'b'], /expected one TARGET/],
  [['scan', 'python:3.14'], /expected a reference with its registry .*got "python:3.14"/],
  [['scan', 'oci:'], /got "oci:"/],
  [['scan', 'oci:folder:'], /got "oci:folder:"/],
  [['scan', 'docker-archive:'], /got "docker-archive:"/],
  [['scan', 'oci:x', '--format', 'xml'], /expected --format table\|json\|cyclonedx, got "xml"/],
  [['scan', 'oci:x', '--fail-on', 'bad'], /expected --fail-on critical\|high\|.*got "bad"/],
  [['scan', 'oci:x', '--fail-on', ''], /expected --fail-on .*got ""/],
  [['scan', 'oci:x', '--platform', 'amd64'], /expected --platform os\/architecture, got "amd64"/],
  [['scan', 'oci:x', '--quick'], /Unknown option '--quick'$/],
])('refuses %j with status 2 and the usage, all on standard error', async (args, message) => {
  const { status, out, err } = await runCommandLine(args);

  expect(status).toBe(2);
  expect(out).toEqual([]);
  expect(err[0]).toMatch(message);
  expect(err[1]).toMatch(/^usage: tidewatch /);
});

it.each([['help'], ['--help'], ['-h']])('lists every command on %s', async (word) => {
  const { status, out, err } = await runCommandLine([word]);

  expect({ status, err }).toEqual({ status: 0, err: [] });
  const listed = out.flatMap((line) => /^ {2}(\S+)/.exec(line)?.[1] ?? []);
  expect(listed.slice(0, 10)).toEqual([
    'demo',
    'simulate',
    'scan',
    'explain',
    'feed',
    'suppress',
    'doctor',
    'status',
    'world-from-locks',
    'conformance',
  ]);
});

it.each([
  ['demo'],
  ['simulate'],
  ['scan'],
  ['explain'],
  ['feed'],
  ['world-from-locks'],
  ['conformance'],
])('explains %s, either way, in 80 columns, exit status included', async (command) => {
  const { status, out } = await runCommandLine(['help', command]);

  expect(status).toBe(0);
  expect(out[0]).toContain(`usage: tidewatch ${command} `);
  expect(out.join('\n')).toContain('Exit status: 0');
  expect(out.filter((line) => line.length > 80)).toEqual([]);
  expect((await runCommandLine([command, '--help'])).out).toEqual(out);
});

it('says its version', async () => {
  const { status, out } = await runCommandLine(['--version']);

  expect(status).toBe(0);
  expect(out).toEqual([expect.stringMatching(/^\d+\.\d+\.\d+$/)]);
});
