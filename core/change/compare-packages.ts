import type { Item, LineageRow } from '../lineage/lineage.ts';
import { compareLineage, type LineageComparison, type LineageInput } from './compare-lineage.ts';
import { isReadCheck } from './items.ts';

/**
 * As `compareLineage`, of a lineage with the same digest, read and judged by the same code:
 * only the findings of `packages` (purls without version) can be others than those of its
 * row, and nothing is suppressed. `before` and `after` are of these packages alone.
 */
export function comparePackages(
  input: LineageInput & { readonly previous: LineageRow },
  packages: ReadonlySet<string>,
): LineageComparison {
  const { previous, before, after } = input;
  const isUntouched = before?.length === 0 && after?.length === 0;
  const isOf = (item: Item) =>
    isReadCheck(item) ||
    (!isUntouched && packages.has(item.key.slice(item.key.lastIndexOf('|') + 1)));
  const touched = previous.items.filter(isOf);
  const rest = touched.length === 0 ? previous.items : previous.items.filter((item) => !isOf(item));
  const comparison = compareLineage({
    ...input,
    // Checks are as they were, but those that depend on more than the image.
    facts: { ...input.facts, checks: [] },
    previous: { ...previous, items: touched },
  });
  return { ...comparison, previous, kept: [...rest, ...comparison.kept] };
}
