import type { RuntimeMinor, RuntimeMove, StandingMove } from '../lineage/lineage.ts';

/** Minors that were there alone before and after: one that joins another is no move. */
export function movedRuntimes(
  before: readonly RuntimeMinor[],
  after: readonly RuntimeMinor[],
): RuntimeMove[] {
  const languages = new Set(after.map((runtime) => runtime.language));
  return [...languages].flatMap((language) => {
    const had = minorsOf(before, language);
    const has = minorsOf(after, language);
    const from = had.find((minor) => !has.includes(minor));
    const to = has.find((minor) => !had.includes(minor));
    return from && to ? [{ language, from, to }] : [];
  });
}

/**
 * Moves that a lineage with these runtimes has not gone back on: where a minor is there that it moved
 * from, that move is over, and all that came after it; where the language is gone, all are.
 */
export function standingMoves(
  moves: readonly StandingMove[],
  runtimes: readonly RuntimeMinor[],
): readonly StandingMove[] {
  const over = new Set<string>();
  return moves.filter(({ language, from }) => {
    const minors = minorsOf(runtimes, language);
    if (minors.length === 0 || minors.includes(from)) over.add(language);
    return !over.has(language);
  });
}

/** Whether a move goes back to where an earlier one came from: it ends that one, and is no news of its own. */
export function isReturn(move: RuntimeMove, earlier: readonly RuntimeMove[]): boolean {
  return earlier.some(({ language, from }) => language === move.language && from === move.to);
}

/** What tells moves apart; it goes into an alert's hash. */
export function moveKey({ language, from, to }: RuntimeMove): string {
  return `runtime|${language}|${from}>${to}`;
}

/** The minors of one language. */
export function minorsOf(runtimes: readonly RuntimeMinor[], language: string): string[] {
  return runtimes.filter((each) => each.language === language).map((each) => each.minor);
}
