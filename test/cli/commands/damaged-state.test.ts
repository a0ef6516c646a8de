import { cp, mkdir, readdir, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { runCommandLine } from '../../support/command-line.ts';
import { newFolder } from '../../support/play-folder.ts';

const SIX_EVENTS = 'test/worlds/six-events.ndjson';
const GARBAGE = Uint8Array.from({ length: 400 }, (_, index) => (index * 151 + 7) % 256);

const folder = newFolder();
const healthy = join(folder, 'healthy');
let copies = 0;
beforeAll(async () => {
  await runCommandLine(['simulate', SIX_EVENTS, '--quiet', '--out', healthy]);
});

/** A copy of what was played, to be damaged. */
async function aPlay() {
  const out = join(folder, String(++copies));
  await cp(healthy, out, { recursive: true });
  const state = join(out, '.state');
  return { out, state, tables: join(state, 'dynamodb'), objects: join(state, 'objects') };
}

type Play = Awaited<ReturnType<typeof aPlay>>;

/** The files of the database whose names begin so. */
async function tableFiles({ tables }: Play, start: RegExp): Promise<string[]> {
  const names = (await readdir(tables)).filter((name) => start.test(name));
  expect(names).not.toEqual([]);
  return names.map((name) => join(tables, name));
}

async function cut(paths: readonly string[]): Promise<void> {
  for (const path of paths) await truncate(path, Math.floor((await stat(path)).size / 2));
}

async function runFiles({ objects }: Play): Promise<string[]> {
  const nights = await readdir(join(objects, 'runs'));
  return nights.map((night) => join(objects, 'runs', night, 'run.json'));
}

const DAMAGES: readonly (readonly [what: string, damage: (play: Play) => Promise<unknown>])[] = [
  ['a cut manifest', async (play) => cut(await tableFiles(play, /^MANIFEST/))],
  ['a cut log', async (play) => cut(await tableFiles(play, /\.log$/))],
  [
    'garbage for a log',
    async (play) => {
      for (const path of await tableFiles(play, /\.log$/)) await writeFile(path, GARBAGE);
    },
  ],
  ['garbage for the current manifest', ({ tables }) => writeFile(join(tables, 'CURRENT'), GARBAGE)],
  ['no current manifest', ({ tables }) => rm(join(tables, 'CURRENT'))],
  [
    'a folder for the current manifest',
    async ({ tables }) => {
      await rm(join(tables, 'CURRENT'));
      await mkdir(join(tables, 'CURRENT'));
    },
  ],
  ['a file more', ({ tables }) => writeFile(join(tables, '000099.ldb'), GARBAGE)],
  ['no seal', ({ tables }) => rm(join(tables, 'seal.json'))],
  ['garbage for a seal', ({ tables }) => writeFile(join(tables, 'seal.json'), GARBAGE)],
  ['no objects', ({ objects }) => rm(objects, { recursive: true })],
  ['cut nights', async (play) => cut(await runFiles(play))],
  [
    'garbage for nights',
    async (play) => {
      for (const path of await runFiles(play)) await writeFile(path, GARBAGE);
    },
  ],
];

describe('a state that is damaged', () => {
  it.each(DAMAGES)('by %s is named in one line, and given free', async (_what, damage) => {
    const play = await aPlay();
    await damage(play);

    for (const command of [['status'], ['feed', 'show']]) {
      const told = await runCommandLine([...command, '--state', play.state]);

      expect(told).toMatchObject({ status: 2, out: [] });
      expect(told.err).toHaveLength(1);
      expect(told.err[0]).toContain(`tidewatch: ${JSON.stringify(play.state)} is damaged: `);
      expect(told.err[0]).toMatch(/; play its world again$/);
      expect((await readdir(play.state)).filter((name) => name.includes('lock'))).toEqual([]);
    }

    // Playing again is what helps.
    const again = await runCommandLine(['simulate', SIX_EVENTS, '--quiet', '--out', play.out]);
    expect(again).toEqual({ status: 0, out: [], err: [] });
    expect(await runCommandLine(['status', '--state', play.state])).toMatchObject({ err: [] });
  });

  it('by a file for its tables is none of a world, and given free', async () => {
    const play = await aPlay();
    await rm(play.tables, { recursive: true });
    await writeFile(play.tables, '');

    const told = await runCommandLine(['status', '--state', play.state]);

    expect(told).toMatchObject({ status: 2, out: [] });
    expect(told.err).toEqual([
      `tidewatch: not the .state of a world: ${JSON.stringify(play.state)}`,
    ]);
  });

  it.each([
    ['nothing', ''],
    ['garbage', GARBAGE],
    ['another’s JSON', '{"pid":"many"}'],
  ])('by %s for a lock says which file to remove', async (_what, bytes) => {
    const play = await aPlay();
    const lock = join(play.state, 'lock.3');
    await writeFile(lock, bytes);

    const simulate = ['simulate', SIX_EVENTS, '--out', play.out];
    for (const command of [['status', '--state', play.state], simulate]) {
      const told = await runCommandLine(command);

      expect(told).toMatchObject({ status: 2, out: [] });
      expect(told.err).toEqual([
        `tidewatch: cannot tell who uses the folder: ${JSON.stringify(lock)} is no lock; if nobody does, remove it`,
      ]);
    }
    await rm(lock);
    expect(await runCommandLine(['status', '--state', play.state])).toMatchObject({ err: [] });
  });
});
