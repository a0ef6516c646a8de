/** Names that are shown, at most. */
const SHOWN = 3;

/** The names that are most like one that nobody has: a slip of the pen, or a part of it; never many. */
export function closest(text: string, names: Iterable<string>): string[] {
  const wanted = text.toLowerCase();
  const limit = Math.max(1, Math.floor(wanted.length / 4));
  return [...new Set(names)]
    .map((name) => ({ name, far: farness(wanted, name.toLowerCase(), limit) }))
    .filter(({ far }) => far <= limit)
    .sort((a, b) => a.far - b.far || (a.name < b.name ? -1 : 1))
    .slice(0, SHOWN)
    .map(({ name }) => name);
}

function farness(wanted: string, name: string, limit: number): number {
  if (wanted.length >= 3 && (name.includes(wanted) || wanted.includes(name))) return 1;
  // Beyond the limit nobody asks how far.
  if (Math.abs(wanted.length - name.length) > limit) return limit + 1;
  return editDistance(wanted, name);
}

/** Letters to be added, dropped or replaced, and neighbours to be swapped (optimal string alignment). */
function editDistance(left: string, right: string): number {
  const [from, to] = [[...left], [...right]];
  const rows: number[][] = [Array.from({ length: to.length + 1 }, (_, index) => index)];
  const at = (i: number, j: number) => rows[i]?.[j] ?? Number.POSITIVE_INFINITY;
  for (const [i, letter] of from.entries()) {
    rows.push([i + 1]);
    for (const [j, other] of to.entries()) {
      const replaced = at(i, j) + Number(letter !== other);
      const isSwapped = letter === to[j - 1] && from[i - 1] === other;
      const swapped = isSwapped ? at(i - 1, j - 1) + 1 : Number.POSITIVE_INFINITY;
      rows[i + 1]?.push(Math.min(replaced, swapped, at(i, j + 1) + 1, at(i + 1, j) + 1));
    }
  }
  return at(from.length, to.length);
}
