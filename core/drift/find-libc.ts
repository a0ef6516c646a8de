import type { Inventory, Package } from '../inventory/inventory.ts';
import type { Libc } from './observation.ts';

/** What names a C library, the strongest first. */
const EVIDENCE: readonly {
  readonly type: Package['type'];
  /** Wolfi's and Chainguard's name carries the series: `glibc-2.43`. */
  readonly package: RegExp;
  readonly name: Libc['name'];
}[] = [
  { type: 'apk', package: /^glibc-(?<series>\d+\.\d+)$/, name: 'glibc' },
  { type: 'apk', package: /^glibc$/, name: 'glibc' },
  { type: 'deb', package: /^libc6$/, name: 'glibc' },
  { type: 'apk', package: /^musl$/, name: 'musl' },
  // Debian's is an addition for those who build with it, beside `libc6`.
  { type: 'deb', package: /^musl$/, name: 'musl' },
];

/** `2.43-r15`, `2.41-12+deb13u3`, `2.43_git20261101-r0`, `1:2.36-9`. */
const VERSION = /^(?:\d+:)?(?<version>(?<series>\d+\.\d+)(?:\.\d+)*)/;

interface Found extends Libc {
  readonly rank: number;
}

/**
 * The C library of an image, as its packages tell: of several series the newest. `null` where none
 * is installed as a package, as in a static image.
 */
export function findLibc({
  packages,
  distro,
}: Pick<Inventory, 'packages' | 'distro'>): Libc | null {
  // A glibc on Alpine is for single programs; its own are built for musl.
  const own = distro?.id === 'alpine' ? 'musl' : 'glibc';
  const found = packages
    .flatMap((each) => libcOf(each) ?? [])
    .sort(
      (a, b) =>
        Number(b.name === own) - Number(a.name === own) ||
        a.rank - b.rank ||
        compareSeries(b.series, a.series) ||
        (a.evidence < b.evidence ? -1 : 1),
    );
  if (!found[0]) return null;
  const { rank: _rank, ...libc } = found[0];
  return libc;
}

function libcOf({ type, name, version: text, path }: Package): Found | undefined {
  for (const [rank, evidence] of EVIDENCE.entries()) {
    const named = evidence.type === type ? evidence.package.exec(name) : null;
    if (!named) continue;
    const parsed = VERSION.exec(text)?.groups ?? {};
    return {
      rank,
      name: evidence.name,
      // A version in no known form is a series of its own: that it moves is told all the same.
      version: parsed.version ?? text,
      series: named.groups?.series ?? parsed.series ?? text,
      evidence: `${type} ${name}=${text} (${path})`,
    };
  }
  return undefined;
}

/** Below 0 where `left` is the older: by numbers, what is none by its text. */
export function compareSeries(left: string, right: string): number {
  const [a = [], b = []] = [left, right].map((series) => series.split('.').map(Number));
  for (const [index, number] of a.entries()) {
    const difference = number - (b[index] ?? 0);
    if (difference !== 0 && !Number.isNaN(difference)) return difference;
  }
  return left < right ? -1 : Number(left > right);
}
