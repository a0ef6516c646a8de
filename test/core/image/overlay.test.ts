import { describe, expect, it } from 'vitest';
import type { Capture, LayerEntry } from '../../../core/image/capture.ts';
import type { FileTree } from '../../../core/image/file-tree.ts';
import { mergeLayers } from '../../../core/image/overlay.ts';
import {
  captureLayers,
  captureOf,
  hardLink,
  symlink,
  type TestEntry,
} from '../../support/layers.ts';

async function merge(...layers: readonly (readonly TestEntry[])[]): Promise<FileTree> {
  return mergeLayers(await captureLayers(...layers)).tree;
}

const CAPABILITY = 'SCHILY.xattr.security.capability';

function link(name: string, linkname: string) {
  return { name, linkname, type: 'link' } as const;
}

function text(tree: FileTree, path: string): string | undefined {
  const bytes = tree.bytes(path);
  return bytes && Buffer.from(bytes).toString();
}

describe('the merged tree', () => {
  it('lists every entry once, sorted, with the layer that brought it', async () => {
    const tree = await merge(
      ['b/', ['b/x', '1'], ['b-c', '']],
      [
        ['b/x', '22'],
        ['a', ''],
      ],
    );

    expect([...tree.entries()].map(({ path, layer, size }) => [path, layer, size])).toEqual([
      ['a', 1, 0],
      ['b', 0, 0],
      ['b-c', 0, 0],
      ['b/x', 1, 2],
    ]);
    expect(text(tree, 'b/x')).toBe('22');
  });

  it('shows a hard link as its file, brought by the layer of the link', async () => {
    const tree = await merge([['x', '1']], [hardLink('y', 'x')], [['x', 'new']]);

    expect(tree.entry('y')).toMatchObject({ type: 'file', size: 1, layer: 1 });
    expect(text(tree, 'y')).toBe('1');
    expect(text(tree, 'x')).toBe('new');
  });

  it('gives a file the rights of a hard link to it, whichever layer that is in', async () => {
    const ping = Buffer.from('0100000200200000', 'hex').toString('latin1');
    const tree = await merge(
      [
        { name: 'su', text: '1', mode: 0o755 },
        { name: 'data', text: '2', mode: 0o644 },
        { name: 'ping', text: '3', mode: 0o755 },
        { ...link('su2', 'su'), mode: 0o4777 },
      ],
      [
        { ...link('data2', 'data'), mode: 0o2755 },
        { ...link('ping2', 'ping'), mode: 0o600, pax: { [CAPABILITY]: ping } },
      ],
    );

    const rights = [...tree.entries()].map(({ path, mode, capability }) => [
      path,
      mode.toString(8),
      capability,
    ]);
    expect(rights).toEqual([
      ['data', '2755', undefined],
      ['data2', '2755', undefined],
      ['ping', '755', '0100000200200000'],
      ['ping2', '755', '0100000200200000'],
      ['su', '4755', undefined],
      ['su2', '4755', undefined],
    ]);
  });

  it('does not follow links to an entry or its bytes', async () => {
    const tree = await merge(['usr/', ['usr/x', '1'], symlink('l', 'usr')]);

    expect(tree.entry('l')).toMatchObject({ type: 'symlink', link: 'usr' });
    expect(tree.entry('l/x')).toBeUndefined();
    expect(tree.bytes('l/x')).toBeUndefined();
    expect(tree.bytes('l')).toBeUndefined();
    expect(tree.entry('')).toBeUndefined();
  });

  it('has the bytes of empty files and none of files that were not kept', () => {
    const file = { type: 'file', mode: 0o644, uid: 0, gid: 0, size: 0 } as const;
    const capture: Capture = {
      ...captureOf([
        { ...file, path: 'kept' },
        { ...file, path: 'other' },
      ]),
      files: { kept: '' },
    };
    const { tree } = mergeLayers([capture]);

    expect(tree.bytes('kept')).toHaveLength(0);
    expect(tree.bytes('other')).toBeUndefined();
  });

  it('has what a file was in lower layers, the newest first, as far as there is room for it', () => {
    const file = { type: 'file', mode: 0o644, uid: 0, gid: 0 } as const;
    const writing = (path: string, base64: string): Capture => ({
      ...captureOf([{ ...file, path, size: base64.length }]),
      files: { [path]: base64 },
    });
    const large = 'A'.repeat(40 * 1024 * 1024);
    const states = (tree: FileTree, path: string) =>
      [...tree.earlier(path)].map(({ layer, bytes }) => [layer, bytes?.length]);
    const half = large.length * 0.75;

    const { tree } = mergeLayers([
      ...[large, large, large, large].map((content) => writing('db', content)),
      ...['QUFB', 'QUFB', 'QUFB'].map((content) => writing('other', content)),
    ]);
    expect(states(tree, 'db')).toEqual([
      [2, half],
      [1, half],
      [0, undefined],
    ]);
    expect(states(tree, 'other')).toEqual([
      [5, 3],
      [4, 3],
    ]);

    // However many files share it.
    const { tree: both } = mergeLayers(
      ['db', 'db', 'other', 'other', 'other'].map((path) => writing(path, large)),
    );
    expect(states(both, 'db')).toEqual([[0, undefined]]);
    expect(states(both, 'other')).toEqual([
      [3, half],
      [2, half],
    ]);
  });

  it('gives a second name the bytes it was linked to, not those of a later file of that path', () => {
    const file = { type: 'file', mode: 0o644, uid: 0, gid: 0 } as const;
    const capture: Capture = {
      ...captureOf([
        { ...file, path: 'x', size: 1 },
        { ...file, path: 'y', type: 'hardlink', size: 0, link: 'x' },
        { ...file, path: 'x', size: 2 },
      ]),
      files: { x: Buffer.from('22').toString('base64') },
    };
    const { tree } = mergeLayers([capture]);

    expect(text(tree, 'x')).toBe('22');
    expect(tree.entry('y')?.size).toBe(1);
    expect(tree.bytes('y')).toBeUndefined();
  });
});

describe('resolve', () => {
  const layer: readonly TestEntry[] = [
    'usr/',
    'usr/bin/',
    ['usr/bin/python3.14', ''],
    symlink('usr/bin/python3', 'python3.14'),
    symlink('usr/bin/python', '/usr/bin/python3'),
    symlink('bin', 'usr/bin'),
    symlink('up', '../../../..'),
    symlink('top', '/..'),
    symlink('gone', 'no/where'),
    symlink('a', 'b'),
    symlink('b', '/a'),
    symlink('self', 'self/x'),
    symlink('slash', 'usr/bin/python3.14/'),
    symlink('folder', 'usr/bin/'),
  ];

  it.each([
    ['usr/bin/python3.14', 'usr/bin/python3.14'],
    ['bin/python', 'usr/bin/python3.14'],
    ['/bin/../bin/./python3', 'usr/bin/python3.14'],
    ['bin', 'usr/bin'],
    ['folder/python', 'usr/bin/python3.14'],
    ['up/bin/python', 'usr/bin/python3.14'],
    ['top/top/up/usr', 'usr'],
    ['../../usr', 'usr'],
    ['bin/..', 'usr'],
    ['', ''],
    ['/', ''],
  ])('finds %j at %j', async (path, target) => {
    expect((await merge(layer)).resolve(path)).toBe(target);
  });

  it.each([
    'gone',
    'missing',
    'missing/..',
    'a',
    'b/x',
    'self',
    'slash',
    'usr/bin/python3/',
    'usr/bin/python3.14/..',
    'bin/python/x',
  ])('finds nothing at %j', async (path) => {
    expect((await merge(layer)).resolve(path)).toBeUndefined();
  });

  it('follows forty links as Linux does, and no more', async () => {
    const chain = (length: number) => [
      ['l0', 'end'] as const,
      ...Array.from({ length }, (_, i) => symlink(`l${i + 1}`, `l${i}`)),
    ];

    expect((await merge(chain(40))).resolve('l40')).toBe('l0');
    expect((await merge(chain(41))).resolve('l41')).toBeUndefined();
  });
});

describe('a problem', () => {
  it('of a capture stays, before those of the merge', async () => {
    const [first, second] = await captureLayers([['../x', '']], [hardLink('y', 'gone')]);
    const { problems } = mergeLayers([first, second].filter((each) => each !== undefined));

    expect(problems).toEqual([
      { path: 'x', reason: expect.stringContaining('above the root') },
      { path: 'y', reason: expect.stringContaining('not there') },
    ]);
  });

  it.each(['.wh.', '.wh..', '.wh...', 'a/.wh...'])(
    'is a whiteout %j that would take away its own folder or the one above',
    async (name) => {
      const { tree, problems } = mergeLayers(
        await captureLayers(['a/', ['a/x', '1']], [[name, '']]),
      );

      expect([...tree.entries()].map(({ path }) => path)).toEqual(['a', 'a/x']);
      expect(problems).toEqual([{ path: name, reason: 'a whiteout of no name' }]);
    },
  );

  it('is a symbolic link to nothing', () => {
    const link = {
      path: 'l',
      type: 'symlink',
      mode: 0,
      uid: 0,
      gid: 0,
      size: 0,
      link: '',
    } as const;

    expect(mergeLayers([captureOf([link])]).problems).toHaveLength(1);
  });

  it('is a wanted file that was not kept because a link brought it there', () => {
    const common = { mode: 0o644, uid: 0, gid: 0, size: 0 };
    const entries: readonly LayerEntry[] = [
      { ...common, path: 'opt', type: 'symlink', link: 'etc' },
      { ...common, path: 'opt/os-release', type: 'file', size: 5 },
      { ...common, path: 'opt/other', type: 'file', size: 5 },
    ];
    const passwd: readonly LayerEntry[] = [
      { ...common, path: 'data', type: 'file', size: 5 },
      { ...common, path: 'etc/passwd', type: 'hardlink', link: 'data' },
    ];

    expect(mergeLayers([captureOf(entries), captureOf(passwd)]).problems).toEqual([
      { path: 'etc/os-release', reason: expect.stringContaining('not kept') },
      { path: 'etc/passwd', reason: expect.stringContaining('not kept') },
    ]);
  });

  it('is not a file that a later layer took away again', () => {
    const common = { mode: 0o644, uid: 0, gid: 0, size: 0 };
    const lower = captureOf([
      { ...common, path: 'data', type: 'file', size: 5 },
      { ...common, path: 'etc/passwd', type: 'hardlink', link: 'data' },
    ]);
    const upper = captureOf([{ ...common, path: 'etc/.wh.passwd', type: 'file' }]);

    expect(mergeLayers([lower, upper]).problems).toEqual([]);
  });
});
