import { posix } from 'node:path';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { normalisePath } from '../../../core/image/normalise-path.ts';

it.each([
  ['a/b', 'a/b', false],
  ['./a', 'a', false],
  ['/a', 'a', false],
  ['a/', 'a', false],
  ['a//b/./c', 'a/b/c', false],
  ['a/../b', 'b', false],
  ['../a', 'a', true],
  ['a/../../b', 'b', true],
  ['..', '', true],
  ['./', '', false],
  ['', '', false],
  ['..a/.b/c..', '..a/.b/c..', false],
])('%j becomes %j', (name, path, escapes) => {
  expect(normalisePath(name)).toEqual({ path, escapes });
});

it('is the lexical cleaning of Go and POSIX under a root', async () => {
  const part = fc.constantFrom('a', 'bc', '.', '..', '', '...', '.x');
  await fc.assert(
    fc.asyncProperty(fc.array(part, { maxLength: 8 }), async (parts) => {
      const name = parts.join('/');
      const cleaned = posix.normalize(`/${name}`).replace(/\/$/, '').slice(1);
      expect(normalisePath(name).path).toBe(cleaned);
    }),
  );
});
