import { expect, it } from 'vitest';
import { createOwnerIndex } from '../../../core/extract/owner-index.ts';
import { buildTree } from '../../support/build-tree.ts';

const tree = buildTree({
  lib: { link: 'usr/lib' },
  'usr/lib/python3/six.egg-info': 'Name: six\n',
  'usr/lib/python3/alias.egg-info': { link: 'six.egg-info' },
});

it('compares paths where the files really lie, on both sides', () => {
  const { ownerOf } = createOwnerIndex(tree, [
    { path: 'lib/python3/six.egg-info', owner: 'py3-six' },
  ]);
  expect(ownerOf('usr/lib/python3/six.egg-info')).toBe('py3-six');
  expect(ownerOf('lib/python3/six.egg-info')).toBe('py3-six');
});

it('does not take the owner of a link for that of the file', () => {
  const { ownerOf } = createOwnerIndex(tree, [
    { path: 'lib/python3/alias.egg-info', owner: 'alias' },
  ]);
  expect(ownerOf('usr/lib/python3/six.egg-info')).toBeNull();
  expect(ownerOf('usr/lib/python3/alias.egg-info')).toBe('alias');
});

it('knows files in the root and in folders that are gone', () => {
  const { ownerOf } = createOwnerIndex(tree, [
    { path: 'init', owner: 'first' },
    { path: 'init', owner: 'second' },
    { path: 'gone/x', owner: 'x' },
  ]);
  expect(ownerOf('init')).toBe('first');
  expect(ownerOf('gone/x')).toBe('x');
  expect(ownerOf('gone')).toBeNull();
});
