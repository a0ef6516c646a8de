import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createOciLayoutSource } from '../../../adapters/local/oci-layout-source.ts';
import { mergeLayers } from '../../../core/image/overlay.ts';
import { captureLayers, hardLink, symlink, type TestEntry, tarOf } from '../../support/layers.ts';
import {
  captureImage,
  hasProgram,
  type Listing,
  listFolder,
  listTree,
  run,
  umociUnpack,
  writeLayout,
} from '../../support/umoci.ts';

let work: string;
beforeEach(() => {
  work = mkdtempSync(join(tmpdir(), 'tidewatch-umoci-'));
});
afterEach(() => rmSync(work, { recursive: true }));

const everything = { wants: () => true };

/** Layers, the lowest first; each is unpacked by umoci and merged by us. */
const STACKS: Record<string, readonly (readonly TestEntry[])[]> = {
  'a whiteout': [['a/', ['a/x', '1'], ['a/y', '2']], ['a/.wh.x']],
  'a whiteout of a folder': [['a/', 'a/b/', ['a/b/x', '1']], ['a/.wh.b']],
  'a whiteout of what never was': [['a/'], ['a/.wh.x', 'b/.wh.y']],
  'a whiteout after its own layer’s entry': [
    ['a/', ['a/x', '1'], ['a/y', '2']],
    [['a/x', '3'], 'a/.wh.x', 'a/.wh.y'],
  ],
  'a whiteout of a folder its own layer writes into': [
    ['a/', ['a/x', '1'], ['a/y', '2']],
    [['a/x', '3'], '.wh.a'],
  ],
  'a file whited out, then a new one': [[['x', '1']], ['.wh.x'], [['x', '2']]],
  'an opaque folder, marked first': [
    ['a/', ['a/x', '1'], 'a/b/', ['a/b/y', '2']],
    ['a/', 'a/.wh..wh..opq', ['a/z', '3']],
  ],
  'an opaque folder, marked last': [
    ['a/', ['a/x', '1'], 'a/b/', ['a/b/y', '2'], ['a/b/w', '2']],
    ['a/', 'a/b/', ['a/b/z', '3'], 'a/.wh..wh..opq'],
  ],
  'an opaque root': [
    ['a/', ['a/x', '1']],
    ['.wh..wh..opq', ['y', '2']],
  ],
  'an overwritten file': [
    [['x', '1']],
    [{ name: 'x', text: 'longer', mode: 0o755, uid: 7, gid: 8 }],
  ],
  'a file over a folder': [['a/', 'a/b/', ['a/b/x', '1']], [['a', '2']]],
  'a folder over a file': [[['a', '1']], ['a/', ['a/x', '2']]],
  'a folder over a folder': [
    [{ name: 'a/', type: 'directory', mode: 0o700 }, ['a/x', '1']],
    [{ name: 'a/', type: 'directory', mode: 0o1777, uid: 5, gid: 6 }, ['a/y', '2']],
  ],
  'a link over a folder and a folder over a link': [
    ['a/', ['a/x', '1'], symlink('b', 'a')],
    [symlink('a', 'c'), 'b/', ['b/y', '2']],
  ],
  'a hard link in its layer': [
    [{ name: 'x', text: '1', mode: 0o4755, uid: 3 }, hardLink('y', 'x')],
  ],
  'a hard link to a lower layer': [['a/', ['a/x', '1']], [hardLink('y', 'a/x')]],
  'a hard link whose target is overwritten later': [
    [['x', '1'], hardLink('y', 'x')],
    [['x', 'new']],
  ],
  'a hard link whose target is whited out later': [[['x', '1']], [hardLink('y', '/x')], ['.wh.x']],
  'a hard link to a symbolic link': [[['x', '1'], symlink('l', 'x'), hardLink('m', 'l')]],
  'a hard link through a folder that is a link': [
    ['usr/', 'usr/bin/', ['usr/bin/x', '1'], symlink('bin', 'usr/bin')],
    [hardLink('bin/y', 'bin/x')],
  ],
  'a hard link that leads above the root': [[['x', '1'], hardLink('y', '../../x')]],
  'an entry below a folder that is a link': [
    ['usr/', 'usr/bin/', ['usr/bin/sh', '1'], symlink('bin', 'usr/bin')],
    [
      ['bin/x', '2'],
      ['bin/sh', '3'],
    ],
  ],
  'a whiteout below a folder that is a link': [
    ['usr/', 'usr/bin/', ['usr/bin/sh', '1'], ['usr/bin/ls', '1'], symlink('bin', '/usr/bin')],
    ['bin/.wh.sh'],
    [['bin/x', '2'], 'bin/.wh..wh..opq'],
  ],
  'a folder’s own entry replaces a link': [
    ['usr/', 'usr/bin/', ['usr/bin/sh', '1'], symlink('bin', 'usr/bin')],
    ['bin/', ['bin/x', '2']],
  ],
  'a folder that is a link above the root': [
    [symlink('up', '../../..'), symlink('up2', '/../a/b')],
    [
      ['up/x', '1'],
      ['up2/y', '2'],
    ],
  ],
  'a folder that is a dangling link': [[symlink('l', 'not/there')], [['l/x', '1']]],
  'links in a circle': [[symlink('a', 'b'), symlink('b', 'a'), symlink('c', 'c')]],
  'names to be cleaned': [
    ['./', './a/', ['./a/x', '1'], ['/y', '2'], ['a/../../z', '3'], ['a//w', '4']],
  ],
  'a path that occurs twice': [[['x', '1'], ['x', 'second'], 'a/', ['a', 'file now']]],
  'folders that nobody described': [[['a/b/c/x', '1']], [['a/b/y', '2']]],
  'names of other alphabets': [
    [
      ['é/ü', '1'],
      [`${'長'.repeat(60)}/x`, '2'],
    ],
  ],
};

/** What umoci does not unpack at all, with what we say of it. */
const REFUSED: Record<
  string,
  readonly [layers: readonly (readonly TestEntry[])[], reason: RegExp]
> = {
  'a hard link to nothing': [[[hardLink('y', 'x')]], /not there/],
  'a hard link to itself': [[[hardLink('y', 'y')]], /not there/],
  'a hard link to a folder': [[['a/', hardLink('y', 'a')]], /hard link to the folder/],
  'an entry below a circle of links': [
    [[symlink('a', 'b'), symlink('b', 'a')], [['a/x', '1']]],
    /circle/,
  ],
  'an entry below a file': [[[['a', '1']], [['a/x', '1']]], /was a file/],
};

describe.skipIf(!hasProgram('umoci'))('layers that umoci unpacks (needs umoci)', () => {
  it.each(Object.entries(STACKS))('%s', async (_name, layers) => {
    const { expected, tree, problems } = await unpackAndMerge(layers);

    expect(tree).toEqual(expected);
    expect(problems.filter(({ reason }) => !/above the root/.test(reason))).toEqual([]);
  });

  it.each(Object.entries(REFUSED))('%s is a problem, and umoci refuses it', async (_n, stack) => {
    const { expected, problems } = await unpackAndMerge(stack[0]);

    expect(expected).toBe('refused');
    expect(problems).toEqual([
      expect.objectContaining({ reason: expect.stringMatching(stack[1]) }),
    ]);
  });

  it('agrees on stacks that nobody thought of', async () => {
    const path = fc
      .array(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1, maxLength: 3 })
      .map((parts) => parts.join('/'));
    const target = fc.oneof(
      path,
      path.map((each) => `/${each}`),
      path.map((each) => `../${each}`),
    );
    const entry: fc.Arbitrary<TestEntry> = fc.oneof(
      { weight: 4, arbitrary: fc.tuple(path, fc.stringMatching(/^[xyz]{0,3}$/)) },
      { weight: 4, arbitrary: path.map((each) => `${each}/`) },
      { weight: 2, arbitrary: fc.tuple(path, target).map(([at, to]) => symlink(at, to)) },
      { weight: 1, arbitrary: fc.tuple(path, path).map(([at, to]) => hardLink(at, to)) },
      { weight: 2, arbitrary: path.map((each) => each.replace(/[a-d]$/, '.wh.$&')) },
      { weight: 1, arbitrary: path.map((each) => `${each}/.wh..wh..opq`) },
    );
    const stacks = fc.array(fc.array(entry, { minLength: 1, maxLength: 6 }), {
      minLength: 1,
      maxLength: 3,
    });

    await fc.assert(
      fc.asyncProperty(stacks, async (layers) => {
        const { expected, tree, problems } = await unpackAndMerge(layers);
        if (expected === 'refused') expect(problems).not.toEqual([]);
        else expect({ tree, problems }).toEqual({ tree: expected, problems: [] });
      }),
      { numRuns: 40, seed: 20_260_414 },
    );
  });

  it('reads what umoci itself inserts, marks opaque, whites out and repacks', async () => {
    const layout = join(work, 'image');
    const image = ['--image', `${layout}:latest`];
    const rootless = process.getuid?.() === 0 ? [] : ['--rootless'];
    const files = (name: string, entries: Record<string, string>) => {
      const folder = join(work, name);
      for (const [path, text] of Object.entries(entries)) {
        mkdirSync(join(folder, path, '..'), { recursive: true });
        writeFileSync(join(folder, path), text);
      }
      return folder;
    };
    run('umoci', 'init', '--layout', layout);
    run('umoci', 'new', ...image);
    const first = files('first', { 'etc/a': '1', 'etc/b': '2', 'opt/old/x': '3', 'opt/y': '4' });
    run('umoci', 'insert', ...rootless, ...image, first, '/');
    run('umoci', 'insert', ...rootless, ...image, '--whiteout', '/etc/a');
    const opaque = files('opaque', { z: '5' });
    run('umoci', 'insert', ...rootless, ...image, '--opaque', opaque, '/opt');
    const bundle = join(work, 'bundle');
    run('umoci', 'unpack', ...rootless, ...image, bundle);
    rmSync(join(bundle, 'rootfs/etc/b'));
    writeFileSync(join(bundle, 'rootfs/etc/c'), 'repacked');
    run('umoci', 'repack', ...image, bundle);

    const unpacked = join(work, 'rootfs');
    umociUnpack(layout, unpacked);
    const captures = await captureImage(createOciLayoutSource(layout, everything));
    const { tree, problems } = mergeLayers(captures);

    expect(captures).toHaveLength(4);
    expect(listTree(tree)).toEqual(listFolder(unpacked));
    expect(Object.keys(listTree(tree))).toEqual(['etc', 'etc/c', 'opt', 'opt/z']);
    expect(problems).toEqual([]);
  });
});

async function unpackAndMerge(layers: readonly (readonly TestEntry[])[]) {
  const folder = mkdtempSync(join(work, 'stack-'));
  writeLayout(folder, await Promise.all(layers.map(tarOf)));
  const { tree, problems } = mergeLayers(await captureLayers(...layers));
  return { expected: unpack(folder), tree: listTree(tree), problems };
}

function unpack(layout: string): Listing | 'refused' {
  const target = join(layout, 'rootfs');
  try {
    umociUnpack(layout, target);
  } catch {
    return 'refused';
  }
  return listFolder(target);
}
