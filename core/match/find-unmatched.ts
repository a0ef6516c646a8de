import type { Inventory } from '../inventory/inventory.ts';
import { lookupReleases } from './lookup-releases.ts';

/** What no advisory speaks of, so that its silence means nothing. */
export interface Unmatched {
  /** An OSV ecosystem; `unknown` for packages of a distribution that no feed can name; `none` for images without packages. */
  readonly ecosystem: string;
  readonly packages: number;
  readonly digests: number;
}

/** The packages that none of the feeds' ecosystems covers, and the images without any package: they are unknown, not clean. */
export function findUnmatched(
  inventories: readonly Inventory[],
  known: ReadonlySet<string>,
): Unmatched[] {
  const found = new Map<string, { packages: number; digests: number }>();
  for (const inventory of inventories) {
    for (const [ecosystem, packages] of unmatchedOf(inventory, known)) {
      const sum = found.get(ecosystem) ?? { packages: 0, digests: 0 };
      found.set(ecosystem, { packages: sum.packages + packages, digests: sum.digests + 1 });
    }
  }
  return [...found]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([ecosystem, counts]) => ({ ecosystem, ...counts }));
}

/** Whether a package's ecosystem, or that without its release, is among those that feeds speak of. */
export function isCovered(ecosystem: string, known: ReadonlySet<string>): boolean {
  return lookupReleases(ecosystem, known).some((each) => each.own && known.has(each.ecosystem));
}

function unmatchedOf({ packages }: Inventory, known: ReadonlySet<string>): Map<string, number> {
  if (packages.length === 0) return new Map([['none', 0]]);
  const counts = new Map<string, number>();
  for (const { ecosystem } of packages) {
    if (isCovered(ecosystem, known)) continue;
    const name = ecosystem || 'unknown';
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

/** One of them in words. */
export function describeUnmatched({ ecosystem, packages, digests }: Unmatched): string {
  const images = `${digests} ${digests === 1 ? 'image' : 'images'}`;
  if (ecosystem === 'none') return `${images} without any package that could be read`;
  const what = `${packages} ${packages === 1 ? 'package' : 'packages'} in ${images}`;
  return ecosystem === 'unknown'
    ? `${what} of a distribution that no feed can name`
    : `${ecosystem}: ${what}, no feed is about it`;
}
