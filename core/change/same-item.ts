import type { Item } from '../lineage/lineage.ts';
import { findingOfKey } from './items.ts';

/** Finds among items the one that is about the same matter. */
export type Matcher<Each extends Item> = (item: Item) => Each | undefined;

/**
 * Finds the same matter among items: by key, else by a common id in the same package. The id of a
 * notice that names several vulnerabilities is common to all of them, and makes them no single one.
 */
export function createMatcher<Each extends Item>(items: readonly Each[]): Matcher<Each> {
  const byKey = new Map(items.map((item) => [item.key, item]));
  const byId = Map.groupBy(
    items.flatMap((item) => item.ids.map((id) => ({ item, key: placeOf(id, item) }))),
    ({ key }) => key,
  );
  return (item) => {
    const same = byKey.get(item.key);
    if (same) return same;
    for (const id of item.ids) {
      const found = byId
        .get(placeOf(id, item))
        ?.findLast((each) => isNameOfOne(id) || mayBeOne(each.item.ids, item.ids));
      if (found) return found.item;
    }
    return undefined;
  };
}

function placeOf(id: string, { key }: Item): string {
  return `${id}|${findingOfKey(key)?.purl}`;
}

/** Kinds of ids of which each names one vulnerability. */
const NAMES_OF_ONE = ['CVE-', 'GHSA-'];

function isNameOfOne(id: string): boolean {
  return NAMES_OF_ONE.some((prefix) => id.startsWith(prefix));
}

/** Whether no kind of such ids tells them apart. */
function mayBeOne(left: readonly string[], right: readonly string[]): boolean {
  return NAMES_OF_ONE.every((prefix) => {
    const mine = left.filter((id) => id.startsWith(prefix));
    const theirs = right.filter((id) => id.startsWith(prefix));
    return mine.length === 0 || theirs.length === 0 || mine.some((id) => theirs.includes(id));
  });
}
