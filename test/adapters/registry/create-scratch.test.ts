import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createScratchRoom } from '../../../adapters/registry/create-scratch.ts';
import { readLayer } from '../../../adapters/registry/read-layer.ts';
import { inPieces, promise, tarOf } from '../../support/layers.ts';
import { zipOf } from '../../support/zip-archive.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tidewatch-scratch-'));
  vi.stubEnv('TMPDIR', folder);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

describe.each([
  ['in memory', 1024],
  ['in a file', 0],
])('a file that is kept %s', (_, memoryLimit) => {
  it('gives back any stretch of what was written, and no more', () => {
    const room = createScratchRoom(memoryLimit);
    const bytes = Buffer.from(Array.from({ length: 1000 }, (_value, index) => index % 251));
    const scratch = room.open(1000);
    for (let at = 0; at < 1000; at += 300) scratch.write(bytes.subarray(at, at + 300));
    const first = scratch.read(10, 20);
    expect(scratch.read(0, 1000)).toEqual(bytes);
    expect(scratch.read(990, 10)).toEqual(bytes.subarray(990));
    // What was read before is not overwritten by what is read later.
    expect(first).toEqual(bytes.subarray(10, 30));
    expect(() => scratch.read(990, 11)).toThrow(RangeError);
    expect(() => scratch.read(-1, 1)).toThrow(RangeError);
    scratch.close();
    room.close();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('leaves nothing where it was not read to its end', () => {
    const room = createScratchRoom(memoryLimit);
    room.open(1000).write(Buffer.alloc(10));
    room.close();
    expect(readdirSync(folder)).toEqual([]);
  });
});

/** An archive above what is kept in memory, and a project in it. */
const LARGE = zipOf([
  { name: 'filling', text: '', bytes: Buffer.alloc(17 * 1024 * 1024, 1), stored: true },
  {
    name: 'META-INF/maven/org.example/large/pom.properties',
    text: 'groupId=org.example\nartifactId=large\nversion=1.0\n',
  },
]);

it('reads a large archive of a layer, and leaves no file behind', async () => {
  const tar = await tarOf([['app/large.jar', LARGE]]);
  const { facts } = await readLayer(inPieces(tar), promise(tar, tar, 'none'));
  expect(facts['app/large.jar']?.jars?.[0]?.pomProperties).toHaveLength(1);
  expect(readdirSync(folder)).toEqual([]);
});

it('leaves no file behind when the layer breaks off', async () => {
  const tar = await tarOf([['app/large.jar', LARGE]]);
  const cut = tar.subarray(0, tar.length - 1024 * 1024);
  await expect(readLayer(inPieces(cut), promise(tar, tar, 'none'))).rejects.toThrow();
  expect(readdirSync(folder)).toEqual([]);
});
