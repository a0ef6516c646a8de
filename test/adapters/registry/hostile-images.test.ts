import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HOSTILE_CASES } from '../../support/hostile-cases.ts';
import type { HostileLine } from '../../support/read-hostile.ts';

/** Three quarters of what the function that reads images has; all of these in one process, one after the other. */
const PEAK = 1536 * 1024 * 1024;
/** For one image, on a machine that does much besides. */
const PATIENCE = 10_000;

const PROGRAM = fileURLToPath(new URL('../../support/read-hostile.ts', import.meta.url));

/** What becomes of each image: the error that refuses it, or what its problems say; `null`: nothing is wrong with it. */
const OUTCOMES: Readonly<Record<keyof typeof HOSTILE_CASES, RegExp | string | null>> = {
  'a gigabyte of zeros in gzip': /^TooLargeError: .* 200 times its size/,
  'a gigabyte of zeros in zstd': /^TooLargeError: .* 200 times its size/,
  'a blob of 17 GB': /^TooLargeError: layer sha256:\w+ of \d+ bytes/,
  'a file of 8 exabytes': /^MalformedLayerError: no number/,
  'a file of a petabyte': /^MalformedLayerError: tar archive cut short/,
  '100,000 entries': null,
  '500,001 entries': /^TooLargeError: layer of more than 500000 entries/,
  '1,000 layers': /^TooLargeError: image with 1000 layers/,
  '500 layers': null,
  '100,000 names above the root': 'its name leads above the root',
  'a zero byte in a name': /^MalformedLayerError: malformed pax record/,
  'a name of 10 KB': /^TooLargeError: path or link of 10000 characters/,
  'names of 4 KB, 100,000 of them': /^TooLargeError: layer whose paths/,
  'folders 2,000 deep, in 15,000 places':
    /^TooLargeError: image of more than \d+ characters of paths/,
  'folders 2,000 deep over 40 layers': /^TooLargeError: image of more than \d+ characters of paths/,
  'links in a circle': 'its folder is a circle of links',
  'links that wind through folders': /^TooLargeError: .* characters of links to follow/,
  'links that lead deeper and deeper': 'links lead it to a path of',
  'projects behind winding links': /^TooLargeError: .* characters of links to follow/,
  'a whiteout for every file': null,
  'hard links to what is not there': 'which is not there',
  'a sparse file of a terabyte': 'not kept: sparse file',
  'extended headers of a megabyte': null,
  'an extended header of two megabytes': /^TooLargeError: extended tar header/,
  'capabilities of a megabyte': /^TooLargeError: pax record SCHILY.xattr.security.capability/,
  'a package database of 65 MB': 'not kept: 68157440 bytes',
  'package databases of 180 MB in a layer': /^TooLargeError: wanted files of more than/,
  'package databases of 300 MB over the layers': /^TooLargeError: .* bytes of wanted files/,
  'a package database of 60 million lines': 'more than 1000000 lines',
  'package databases of a million bad lines': 'is no field',
  'a package database of 240,000 packages': 'packages of no known distribution',
  'a program whose names overlap': 'what its dynamic section says of needed cannot be read',
  'many programs that say a lot': /^TooLargeError: files that say more than/,
  'a program with tables in circles': 'what its dynamic section says of requires cannot be read',
  'a program whose sections have names without end': null,
  'programs with headers that lie': 'ELF program headers cut short',
};

describe('an image that is', () => {
  let folder: string;
  const lines = new Map<string, HostileLine>();

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tidewatch-hostile-'));
    const names = Object.keys(HOSTILE_CASES);
    // May write nowhere but into its folder, and start no program: Node refuses it.
    const rights = [
      '--max-old-space-size=512',
      '--permission',
      '--allow-fs-read=*',
      `--allow-fs-write=${folder}`,
    ];
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [...rights, PROGRAM, folder, ...names],
      { timeout: names.length * PATIENCE, maxBuffer: 64 * 1024 * 1024 },
    );
    for (const line of stdout.trimEnd().split('\n')) {
      const told: HostileLine = JSON.parse(line);
      lines.set(told.name, told);
    }
  }, Object.keys(HOSTILE_CASES).length * PATIENCE);

  afterAll(() => rm(folder, { recursive: true }));

  it.each(Object.entries(OUTCOMES))('%s harms nobody', (name, outcome) => {
    const line = lines.get(name);
    if (outcome instanceof RegExp) {
      expect(line).toMatchObject({ kind: 'refused', error: expect.stringMatching(outcome) });
    } else {
      const reasons = line?.problems?.map(({ reason }) => reason) ?? [];
      expect(line?.kind, line?.error).toBe('read');
      if (outcome === null) expect(reasons).toEqual([]);
      else expect(reasons).toContainEqual(expect.stringContaining(outcome));
      // However many there are, an inventory stays one that can be shown.
      expect(reasons.length).toBeLessThan(1100);
    }
  });

  it('any of these stays below the memory that there is', () => {
    expect([...lines.keys()]).toEqual(Object.keys(HOSTILE_CASES));
    expect(Math.max(...[...lines.values()].map(({ peak }) => peak))).toBeLessThan(PEAK);
  });

  it('any of these leaves nothing behind but captures', async () => {
    expect(await readdir(folder)).toEqual(['.partial', 'captures']);
  });
});
