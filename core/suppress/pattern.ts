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

/** Whether some text is what both stand for. */
export function patternsMeet(left: string, right: string): boolean {
  /** `row[j]`: whether what is left of `left` meets what is left of `right` from `j` on. */
  let row = Array.from({ length: right.length + 1 }, (_, j) => /^\**$/.test(right.slice(j)));
  for (let i = left.length - 1; i >= 0; i--) {
    const next: boolean[] = new Array(right.length + 1).fill(false);
    for (let j = right.length; j >= 0; j--) next[j] = meetAt(left[i], right[j], row, next, j);
    row = next;
  }
  return row[0] ?? false;
}

function meetAt(
  mine: string | undefined,
  theirs: string | undefined,
  below: readonly boolean[],
  beside: readonly boolean[],
  j: number,
): boolean {
  const stays = below[j] ?? false;
  const moves = beside[j + 1] ?? false;
  if (mine === '*') return stays || (theirs !== undefined && moves);
  if (theirs === '*') return moves || stays;
  return mine === theirs && (below[j + 1] ?? false);
}

/** Whether a pattern leaves something out: one without a letter or a digit may stand for everything. */
export function isSpecific(pattern: string): boolean {
  return /[\p{L}\p{N}]/u.test(pattern);
}
