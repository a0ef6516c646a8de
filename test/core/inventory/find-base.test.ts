import { expect, it } from 'vitest';
import { findBase } from '../../../core/inventory/find-base.ts';

function known(name: string, ...diffIds: readonly string[]) {
  return { name, diffIds };
}

it('is the image with the most of the lowest layers', () => {
  const images = [known('os', 'a'), known('python', 'a', 'b'), known('other', 'a', 'x')];
  expect(findBase({ diffIds: ['a', 'b', 'c'] }, images)?.name).toBe('python');
});

it('is the first of several with the same layers', () => {
  const images = [known('first', 'a'), known('rebuilt', 'a')];
  expect(findBase({ diffIds: ['a', 'b'] }, images)?.name).toBe('first');
});

it('is not the image itself, nor one without layers, nor one that has them elsewhere', () => {
  const images = [known('same', 'a', 'b'), known('empty'), known('above', 'b')];
  expect(findBase({ diffIds: ['a', 'b'] }, images)).toBeUndefined();
});
