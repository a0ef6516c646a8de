import { expect, it } from 'vitest';
import { digestOf, isDigest } from '../../../core/image/digest.ts';

it('is the sha256 of the bytes', () => {
  const empty = 'sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
  expect(digestOf('')).toBe(empty);
  expect(digestOf(new Uint8Array())).toBe(empty);
  expect(digestOf('é')).toBe(digestOf(Buffer.from('é', 'utf8')));
});

it.each([
  ['one of ours', digestOf('a'), true],
  ['capitals', digestOf('a').toUpperCase(), false],
  ['another algorithm', `sha512:${'a'.repeat(128)}`, false],
  ['too short', 'sha256:abc', false],
  ['more than a digest', `${digestOf('a')}\n`, false],
  ['a path', `sha256:${'../'.repeat(21)}a`, false],
])('knows %s', (_name, text, is) => {
  expect(isDigest(text)).toBe(is);
});
