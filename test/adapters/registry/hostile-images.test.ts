import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HOSTILE_CASES } from '../../support/hostile-cases.ts';
import type { HostileLine } from '../../support/read-hostile.ts';

/**
 * What one image may take, Node and the code included, of the two gigabytes that the function has which reads them
 * (`lib/push-pipeline.ts`). Nearly all of these take less than 512 MB; most is taken by layers that are read side by side.
 */
const PEAK = 1024 * 1024 * 1024;
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
  'a jar in a jar that unpacks to a gigabyte': 'in.jar: unpacks to 1073741824 bytes',
  'a jar in a jar that unpacks to a gigabyte, and says less': 'in.jar: Cannot create a Buffer',
  'jars in a jar of 40 MB each': 'more than 268435456 bytes in packed archives',
  'a description that unpacks to a gigabyte': 'pom.properties: ',
  'a manifest that unpacks to a gigabyte': null,
  'a jar of 100,000 files': null,
  '20 jars of 30,000 files in a jar': 'more than 500000 files in its archives',
  'jars in each other, 50 deep': 'deeper than 5 archives',
  'a jar that begins anew in itself, 500 times': 'deeper than 5 archives',
  'a jar whose 20 jars are the same one, four times over': 'more than 5000 archives in it',
  'a jar whose 2,000 packed jars lie over each other': 'bytes in packed archives',
  'a jar whose 9,000 descriptions lie over each other': 'characters of descriptions in it',
  'a jar of 4,000 jars with manifests that unpack to 16 MB': 'bytes in packed archives',
  'a jar of descriptions with names of 60 KB': 'characters of descriptions in it',
  'a jar whose files say another size themselves': null,
  'a jar whose files begin beyond its end': 'pom.properties: bytes 131100 to',
  'a jar whose directory says that nothing is in its files': 'pom.properties: Cannot create',
  'a jar of more files than there are numbers': 'no file has 18446744073709551615 bytes',
  'a jar of 9 quadrillion files': 'no directory entry at',
  'a jar whose directory begins at 8 exabytes': 'no file has 18446744073709551615 bytes',
  'a jar whose directory begins beyond its end': 'bytes 2147483647 to',
  'a jar whose directory is its own end': 'bytes 218 to 264 of 240',
  'a jar whose files begin in its directory': 'pom.properties: no file at',
  'a jar with ends in its comment': 'bytes 2147483647 to',
  'a jar with names that lead out of it': 'its name leads out of the archive',
  'a jar with a zero byte in a name': 'cannot be shown: "a\\u0000b.jar"',
  'a jar with a name of 10 KB': null,
  'a jar of encrypted files': 'in.jar: encrypted',
  'a jar of 40 MB, cut short': 'no end record',
  'a jar of 40 MB': null,
  '20 jars of 10 MB': null,
  'an rpm database of SQLite with pages in a circle': 'page 2 is used twice',
  'an rpm database of SQLite whose pages lie beyond its end': 'less than 65535 cells',
  'an rpm database of SQLite of 60 MB of nothing': 'packages of no known distribution',
  'an rpm database of NDB of four million slots': 'more than 50000 packages',
  'an rpm database of NDB of four million bad slots': 'entry 2 of its list is damaged',
  'an rpm database of NDB whose packages say that they are larger': 'package 1 is damaged',
  'an rpm database of Berkeley DB with a circle': 'page 3 is used twice',
  'an rpm database of Berkeley DB of four billion pages': 'lies beyond the end of the file',
  'an rpm database of Berkeley DB of 100,000 damaged pages': 'page 1 is damaged',
  'a package of rpm that says 60 million numbers': 'whose tag 1116 cannot be read',
  'programs of Go whose lengths lie': 'its Go build information cannot be read',
  'a program of Go of 200,000 modules': '195000 of its modules were not read',
  '1,000 programs of Go of 5,000 modules': /^TooLargeError: files that say more than/,
  '1,000 programs of Rust of 4,000 crates': 'packages of Rust were left out, limit 100000',
  'a program of Rust whose crates unpack to a gigabyte': 'its list of crates cannot be unpacked',
  '1,000 programs of Rust whose crates unpack to 8 MB': 'lists of crates of more than 33554432',
  'a package.json of 100 MB': 'not kept: 104857600 bytes',
  'package.json nested 500,000 deep': 'package.json is no JSON',
  '40 package.json of a megabyte': null,
  'a RECORD of 900,000 lines': null,
  'a RECORD of one line of 60 MB': null,
  'metadata of one line of 60 MB': 'malformed name',
  'an os-release of 900,000 lines': 'characters, limit 65536',
  'an os-release of one line of 60 MB': 'characters, limit 65536',
  'a status file of one line of 500 MB': 'not kept: 524288000 bytes',
  'a status file of one line of 60 MB': 'malformed name',
  "apk's database of one line of 60 MB": 'malformed name',
  'a package database that 16 layers write anew': 'is no field',
  'a cache of libraries that is all slashes': null,
  'a program whose libraries may lie anywhere': null,
  'a RECORD of one quote and 40 MB': null,
};

/** Reads the first of these images in a process of its own, as many as it can tell apart. */
async function readSome(folder: string, names: readonly string[]): Promise<HostileLine[]> {
  const flags = [
    '--expose-gc',
    '--max-old-space-size=512',
    // May write nowhere but into its folder and over its own highest mark, and start no program: Node refuses it.
    '--permission',
    '--allow-fs-read=*',
    `--allow-fs-write=${folder}`,
    '--allow-fs-write=/proc/self/clear_refs',
  ];
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [...flags, PROGRAM, folder, ...names],
    {
      timeout: names.length * PATIENCE,
      maxBuffer: 64 * 1024 * 1024,
      env: { ...process.env, TMPDIR: join(folder, 'scratch') },
    },
  );
  const lines = stdout.split('\n').filter((line) => line !== '');
  return lines.map((line): HostileLine => JSON.parse(line));
}

describe('an image that is', () => {
  let folder: string;
  const lines = new Map<string, HostileLine>();

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tidewatch-hostile-'));
    await mkdir(join(folder, 'scratch'));
    const names = Object.keys(HOSTILE_CASES);
    while (lines.size < names.length) {
      const read = await readSome(folder, names.slice(lines.size));
      for (const line of read) lines.set(line.name, line);
      if (read.length === 0) break;
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

  it('any of these stays below the memory that there is for one', () => {
    expect([...lines.keys()]).toEqual(Object.keys(HOSTILE_CASES));
    const tooLarge = [...lines.values()].filter(({ peak }) => peak > PEAK);
    expect(
      tooLarge.map(({ name, peak }) => `${name}: ${Math.round(peak / 1024 / 1024)} MB`),
    ).toEqual([]);
  });

  it('any of these leaves nothing behind but captures', async () => {
    expect(await readdir(folder)).toEqual(['.partial', 'captures', 'scratch']);
    expect(await readdir(join(folder, 'scratch'))).toEqual([]);
  });
});
