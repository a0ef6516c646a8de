import { type FleetIndex, membersOf } from '../fleet/fleet-index.ts';
import { lookupReleases } from './lookup-releases.ts';

/** What no advisory speaks of, so that its silence means nothing. */
export interface Unmatched {
  /** An OSV ecosystem; `unknown` for packages of a distribution that no feed can name; `none` for images without packages. */
  readonly ecosystem: string;
  readonly packages: number;
  readonly digests: number;
}

/**
 * The packages of `images` that none of the feeds' ecosystems covers, and those of them
 * without any package: they are unknown, not clean.
 */
export function findUnmatched(
  index: FleetIndex,
  images: Iterable<number>,
  known: ReadonlySet<string>,
): Unmatched[] {
  const distinct = new Set(index.units.map(({ ecosystem }) => ecosystem));
  const uncovered = new Set([...distinct].filter((each) => !isCovered(each, known)));
  const ecosystems = index.units.map(({ ecosystem }) =>
    uncovered.has(ecosystem) ? ecosystem || 'unknown' : null,
  );
  const found = new Map<string, { packages: number; digests: number }>();
  for (const image of images) {
    for (const [ecosystem, packages] of unmatchedOf(membersOf(index, image), ecosystems)) {
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

function unmatchedOf(
  units: Uint32Array,
  ecosystems: readonly (string | null)[],
): Map<string, number> {
  if (units.length === 0) return new Map([['none', 0]]);
  const counts = new Map<string, number>();
  for (const unit of units) {
    const ecosystem = ecosystems[unit] ?? null;
    if (ecosystem !== null) counts.set(ecosystem, (counts.get(ecosystem) ?? 0) + 1);
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
