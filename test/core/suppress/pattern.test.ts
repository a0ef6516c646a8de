import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  compilePattern,
  coversPattern,
  matchesPattern,
  patternsMeet,
} from '../../../core/suppress/pattern.ts';

const texts = fc.string({ unit: fc.constantFrom('a', 'b', '/'), maxLength: 6 });
const patterns = fc.string({ unit: fc.constantFrom('a', 'b', '/', '*'), maxLength: 5 });

/** The same by the machine for it. */
function naively(pattern: string, text: string): boolean {
  return new RegExp(`^${pattern.replaceAll('*', '[^]*')}$`).test(text);
}

function meet(left: string, right: string): boolean {
  return patternsMeet(compilePattern(left), compilePattern(right));
}

/** Whether what is left of two patterns has a text in common: one character after the other. */
function meetNaively(left: string, right: string): boolean {
  if (left === '' && right === '') return true;
  const skips = (one: string, other: string) =>
    one[0] === '*' &&
    (meetNaively(one.slice(1), other) || (other !== '' && meetNaively(one, other.slice(1))));
  if (skips(left, right) || skips(right, left)) return true;
  return left !== '' && left[0] === right[0] && meetNaively(left.slice(1), right.slice(1));
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
        expect(meet(left, right)).toBe(meetNaively(left, right));
        expect(meet(right, left)).toBe(meet(left, right));
        const both = ALL_TEXTS.some((each) => naively(left, each) && naively(right, each));
        if (both) expect(meet(left, right)).toBe(true);
      }),
    );
  });

  it('meets a text exactly where it stands for it', () => {
    fc.assert(
      fc.property(patterns, texts, (pattern, text) => {
        expect(meet(pattern, text)).toBe(naively(pattern, text));
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
