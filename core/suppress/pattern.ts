/** Whether a text is what a pattern stands for; `*` is any text, or none. */
export function matchesPattern(pattern: string, text: string): boolean {
  let at = 0;
  let inText = 0;
  let star = -1;
  let resume = 0;
  while (inText < text.length) {
    if (pattern[at] === '*') {
      star = at++;
      resume = inText;
    } else if (pattern[at] === text[inText]) {
      at++;
      inText++;
    } else if (star >= 0) {
      // The last star takes one character more: no other can do better.
      at = star + 1;
      inText = ++resume;
    } else return false;
  }
  while (pattern[at] === '*') at++;
  return at === pattern.length;
}

/** Whether everything that `inner` stands for is what `outer` stands for too. */
export function coversPattern(outer: string, inner: string): boolean {
  // As a text, a star of `inner` can only be taken by one of `outer`, which then takes whatever it stands for.
  return matchesPattern(outer, inner.replaceAll('*', '\u0000'));
}

/** A pattern, prepared for being compared with many others. */
export interface CompiledPattern {
  readonly text: string;
  /** Whether it has a star. */
  readonly isOpen: boolean;
  /** What is before its first star, and what is behind its last; without one both are all of it. */
  readonly head: string;
  readonly tail: string;
}

export function compilePattern(text: string): CompiledPattern {
  const first = text.indexOf('*');
  if (first < 0) return { text, isOpen: false, head: text, tail: text };
  return {
    text,
    isOpen: true,
    head: text.slice(0, first),
    tail: text.slice(text.lastIndexOf('*') + 1),
  };
}

/**
 * Whether some text is what both stand for. Of two with stars only the ends matter: what is between
 * the stars of the one can stand in a star of the other, one after the other.
 */
export function patternsMeet(left: CompiledPattern, right: CompiledPattern): boolean {
  if (!left.isOpen && !right.isOpen) return left.text === right.text;
  if (left.isOpen && right.isOpen) {
    return (
      (left.head.startsWith(right.head) || right.head.startsWith(left.head)) &&
      (left.tail.endsWith(right.tail) || right.tail.endsWith(left.tail))
    );
  }
  const [pattern, { text }] = left.isOpen ? [left, right] : [right, left];
  const fits = text.startsWith(pattern.head) && text.endsWith(pattern.tail);
  return fits && matchesPattern(pattern.text, text);
}

/** Whether a pattern leaves something out: one without a letter or a digit may stand for everything. */
export function isSpecific(pattern: string): boolean {
  return /[\p{L}\p{N}]/u.test(pattern);
}
