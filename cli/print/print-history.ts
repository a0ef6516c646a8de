import { hexOf } from '../../actions/stored-objects.ts';
import { plain } from '../../core/alert/compose-alert.ts';
import type { Observation, PackagesChanged } from '../../core/drift/observation.ts';
import { formatTime } from './format-time.ts';
import type { Page } from './page.ts';

/** Digits of a digest that are shown. */
const DIGITS = 12;

/** Prints what was recorded of each watched tag: a line a move, for the first of its platforms. */
export function printHistory(
  page: Page,
  observations: readonly Observation[],
  shorten: (text: string) => string,
): void {
  for (const [image, moves] of Map.groupBy(observations, (each) => each.image)) {
    const platform = moves[0]?.platform;
    page.print(
      page.paint('bold', `Recorded of ${shorten(plain(image))} (${platform}), packages compared`),
    );
    page.gap();
    const rows = moves.filter((move) => move.platform === platform).map(describeMove);
    const widths = [0, 1, 2].map((column) =>
      Math.max(...rows.map((row) => row[column]?.length ?? 0)),
    );
    for (const row of rows) {
      page.print(`  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`);
    }
  }
}

function describeMove({ at, digest, python, packagesChanged }: Observation): string[] {
  return [
    `${at.slice(0, 'YYYY-MM-DD'.length)} ${formatTime(at)}`,
    hexOf(digest).slice(0, DIGITS),
    python ? `Python ${python.version}` : 'no Python',
    describeChange(packagesChanged),
  ].map(plain);
}

function describeChange(packages: PackagesChanged | null): string {
  if (!packages) return 'first seen';
  const counts = (['changed', 'added', 'removed'] as const).flatMap((what) =>
    packages[what].length > 0 ? [`${packages[what].length} ${what}`] : [],
  );
  return counts.length > 0 ? counts.join(', ') : 'the same packages';
}
