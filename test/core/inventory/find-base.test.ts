import { expect, it } from 'vitest';
import { digestOf } from '../../../core/image/digest.ts';
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

it('is none that has no file: every image may begin with an empty layer', () => {
  const [tar, gnu] = [1024, 10_240].map((size) => digestOf(Buffer.alloc(size)));
  const images = [known('empty', `${tar}`), known('emptier', `${tar}`, `${gnu}`)];
  const diffIds = [`${tar}`, `${gnu}`, 'a', 'b'];
  expect(findBase({ diffIds }, images)).toBeUndefined();
  expect(findBase({ diffIds }, [...images, known('os', ...diffIds.slice(0, 3))])?.name).toBe('os');
});

it('is not the image itself, nor one without layers, nor one that has them elsewhere', () => {
  const images = [known('same', 'a', 'b'), known('empty'), known('above', 'b')];
  expect(findBase({ diffIds: ['a', 'b'] }, images)).toBeUndefined();
});
