import { hexOf } from '../../actions/stored-objects.ts';
import { plain } from '../../core/alert/compose-alert.ts';
import { isRead, type PackagesChanged } from '../../core/drift/observation.ts';
import type { ObservationLine } from '../../local/player/collect-output.ts';
import { formatTime } from './format-time.ts';
import type { Page } from './page.ts';

/** Digits of a digest that are shown. */
const DIGITS = 12;

/** Prints what was recorded of each watched tag: a line a move, for the first of its platforms. */
export function printHistory(
  page: Page,
  observations: readonly ObservationLine[],
  shorten: (text: string) => string,
): void {
  for (const [image, moves] of Map.groupBy(observations, (each) => each.image)) {
    const platform = (moves.find(isRead) ?? moves[0])?.platform;
    page.print(
      page.paint('bold', `Recorded of ${shorten(plain(image))} (${platform}), packages compared`),
    );
    page.gap();
    const rows = moves
      .filter((move) => move.platform === platform || !isRead(move))
      .map(describeMove);
    const widths = [0, 1, 2].map((column) =>
      Math.max(...rows.map((row) => row[column]?.length ?? 0)),
    );
    for (const row of rows) {
      page.print(`  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`);
    }
  }
}

function describeMove(move: ObservationLine): string[] {
  const { at, digest, python, packagesChanged } = move;
  return [
    `${at.slice(0, 'YYYY-MM-DD'.length)} ${formatTime(at)}`,
    hexOf(digest).slice(0, DIGITS),
    python ? `Python ${python.version}` : isRead(move) ? 'no Python' : 'not read',
    isRead(move) ? describeChange(packagesChanged) : '',
  ].map(plain);
}

function describeChange(packages: PackagesChanged | null): string {
  if (!packages) return 'first seen';
  const counts = (['changed', 'added', 'removed'] as const).flatMap((what) =>
    packages[what].length > 0 ? [`${packages[what].length} ${what}`] : [],
  );
  return counts.length > 0 ? counts.join(', ') : 'the same packages';
}
