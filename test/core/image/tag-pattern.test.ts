import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvalidReferenceError } from '../../../core/image/reference.ts';
import { isAttachment, matchesTag, parseTagPattern } from '../../../core/image/tag-pattern.ts';

describe('a pattern of tags', () => {
  it.each([
    ['prod*', 'prod', true],
    ['prod*', 'prod-eu', true],
    ['prod*', 'my-prod', false],
    ['*-eu', 'prod-eu', true],
    ['*-eu', 'prod-eu-1', false],
    ['v*.*-eu', 'v1.2-eu', true],
    ['v*.*-eu', 'v1-eu', false],
    ['a*a', 'a', false],
    ['a*a', 'aa', true],
    ['*ab*b', 'ab', false],
    ['*', '', true],
    ['v1.0', 'v1.0', true],
    ['v1.0', 'v1x0', false],
    ['v1.*', 'v1x0', false],
  ])('%s matches %s: %s', (pattern, tag, isMatch) => {
    expect(matchesTag(pattern, tag)).toBe(isMatch);
  });

  it('matches what a regular expression would', () => {
    const text = (characters: string) =>
      fc.string({ unit: fc.constantFrom(...characters), maxLength: 8 });
    fc.assert(
      fc.property(text('ab*'), text('ab'), (pattern, tag) => {
        const expected = new RegExp(`^${pattern.replaceAll('*', '.*')}$`).test(tag);
        expect(matchesTag(pattern, tag)).toBe(expected);
      }),
    );
  });

  it('takes no longer for many stars', () => {
    expect(matchesTag('a*'.repeat(60), `${'a'.repeat(127)}b`)).toBe(true);
    expect(matchesTag(`${'a*'.repeat(60)}c`, 'a'.repeat(128))).toBe(false);
  });

  it('is read out of an image’s name', () => {
    expect(parseTagPattern('r.test:5000/team/app:prod*')).toEqual({
      registry: 'r.test:5000',
      repository: 'team/app',
      pattern: 'prod*',
    });
    expect(parseTagPattern('r.test/app:prod')).toBeUndefined();
  });

  it.each(['r.test/app*', 'r.test/a*b:1', 'app:prod*', '*', 'r.test/app:pro d*', 'r.test/app:p*?'])(
    'is not %j',
    (image) => {
      expect(() => parseTagPattern(image)).toThrow(InvalidReferenceError);
    },
  );
});

it('knows the tags that belong to an image', () => {
  const hex = 'a'.repeat(64);
  expect([`sha256-${hex}`, `sha256-${hex}.sig`, `sha256-${hex}.att`].map(isAttachment)).toEqual([
    true,
    true,
    true,
  ]);
  expect(['sha256-abc', `sha256-${hex}-prod`, 'prod'].map(isAttachment)).toEqual([
    false,
    false,
    false,
  ]);
});
