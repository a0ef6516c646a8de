import type { Item } from '../lineage/lineage.ts';
import { findingOfKey } from './items.ts';

/** Finds among items the one that is about the same matter. */
export type Matcher<Each extends Item> = (item: Item) => Each | undefined;

/** Finds the same matter among items: by key, else by a common id in the same package. */
export function createMatcher<Each extends Item>(items: readonly Each[]): Matcher<Each> {
  const byKey = new Map(items.map((item) => [item.key, item]));
  const byId = new Map<string, Each>();
  for (const item of items) {
    const purl = findingOfKey(item.key)?.purl;
    for (const id of item.ids) byId.set(`${id}|${purl}`, item);
  }
  return (item) => {
    const same = byKey.get(item.key);
    if (same) return same;
    const purl = findingOfKey(item.key)?.purl;
    const id = item.ids.find((each) => byId.has(`${each}|${purl}`));
    return id === undefined ? undefined : byId.get(`${id}|${purl}`);
  };
}
