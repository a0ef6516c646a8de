import type { Item, LineageRow, Origin, StandingMove } from '../lineage/lineage.ts';
import type { LineageComparison } from './compare-lineage.ts';
import { findingKey } from './suppressed-findings.ts';

/** The row that a comparison leaves, once each opened item was given its origin. */
export function rowAfter(
  comparison: LineageComparison,
  originOf: (item: Item) => Origin,
  moves: readonly StandingMove[],
): LineageRow {
  const opened = comparison.changes
    .filter((change) => change.kind === 'opened')
    .map(({ item }) => ({ ...item, origin: originOf(item) }));
  const { suppressed } = comparison;
  return {
    ...comparison.target,
    runtimes: comparison.runtimes,
    moves,
    items: [...comparison.kept, ...opened].sort((a, b) => (a.key < b.key ? -1 : 1)),
    ...(suppressed.length > 0 && {
      suppressed: suppressed.toSorted((a, b) => (findingKey(a) < findingKey(b) ? -1 : 1)),
    }),
    assessed: comparison.assessed,
    stale: comparison.stale,
  };
}
