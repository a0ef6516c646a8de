import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { coversPattern, matchesPattern, patternsMeet } from '../../../core/suppress/pattern.ts';

const texts = fc.string({ unit: fc.constantFrom('a', 'b', '/'), maxLength: 6 });
const patterns = fc.string({ unit: fc.constantFrom('a', 'b', '/', '*'), maxLength: 5 });

/** The same by the machine for it. */
function naively(pattern: string, text: string): boolean {
  return new RegExp(`^${pattern.replaceAll('*', '[^]*')}$`).test(text);
}

/** Every text of `a`, `b` and `/` up to four characters. */
const ALL_TEXTS = ['', 'a', 'b', '/'].flatMap(function grow(text: string): string[] {
  const next = text.length > 0 && text.length < 4 ? ['a', 'b', '/'].map((each) => text + each) : [];
  return [text, ...next.flatMap(grow)];
});

describe('a pattern', () => {
  it.each([
    ['openssl', 'openssl', true],
    ['openssl', 'openssl-dev', false],
    ['lib*3', 'libcrypto3', true],
    ['*/app', 'registry.example/team/app', true],
    ['a.c', 'abc', false],
    ['*', '', true],
  ])('%s stands for %s: %s', (pattern, text, expected) => {
    expect(matchesPattern(pattern, text)).toBe(expected);
  });

  it('stands for what a regular expression would say', () => {
    fc.assert(
      fc.property(patterns, texts, (pattern, text) => {
        expect(matchesPattern(pattern, text)).toBe(naively(pattern, text));
      }),
    );
  });

  it('meets another where some text is both', () => {
    fc.assert(
      fc.property(patterns, patterns, (left, right) => {
        const meet = patternsMeet(left, right);
        const both = ALL_TEXTS.some((each) => naively(left, each) && naively(right, each));
        expect([both && !meet, meet !== patternsMeet(right, left)]).toEqual([false, false]);
      }),
    );
  });

  it('meets a text exactly where it stands for it', () => {
    fc.assert(
      fc.property(patterns, texts, (pattern, text) => {
        expect(patternsMeet(pattern, text)).toBe(naively(pattern, text));
      }),
    );
  });

  it('covers another only if it stands for all that the other does', () => {
    fc.assert(
      fc.property(patterns, patterns, (outer, inner) => {
        if (!coversPattern(outer, inner)) return;
        const beyond = ALL_TEXTS.filter((each) => naively(inner, each) && !naively(outer, each));
        expect(beyond).toEqual([]);
      }),
    );
  });
});
