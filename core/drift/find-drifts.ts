import type { Digest } from '../image/digest.ts';
import { isRead, type Observation, type ObservedRuntime } from './observation.ts';

/** What people build on moved under a watched tag. */
export interface Drift {
  readonly image: string;
  /** The digest that brought it. */
  readonly digest: Digest;
  /** When the tag moved there. */
  readonly at: string;
  readonly part: 'python' | 'libc' | ObservedRuntime['language'];
  /** A minor of Python or Go (`3.13`), a major of Node or Java (`22`); a libc with its series (`glibc 2.43`). */
  readonly from: string;
  readonly to: string;
  /** How often the tag had gone this very way to this digest before; left out the first time. */
  readonly again?: number;
}

export const PARTS = ['python', 'libc', 'node', 'java', 'go'] as const;

const VALUES: Readonly<Record<Drift['part'], (observation: Observation) => string | undefined>> = {
  python: ({ python }) => python?.minor,
  libc: ({ libc }) => (libc ? `${libc.name} ${libc.series}` : undefined),
  node: seriesOf('node'),
  java: seriesOf('java'),
  go: seriesOf('go'),
};

/** Of several of one language the oldest, which is what a newer one that joins does not replace. */
function seriesOf(
  language: ObservedRuntime['language'],
): (observation: Observation) => string | undefined {
  return ({ runtimes = [] }) => runtimes.find((each) => each.language === language)?.series;
}

/**
 * Every move of a runtime or a libc series in a tag's series, oldest first. Each is compared
 * with the last that is known of its platform. What had happened before the tag was first looked
 * at is the start of the series, no news, whenever it came to be recorded.
 */
export function findDrifts(series: readonly Observation[]): Drift[] {
  const begun = series.map(({ seenAt }) => seenAt).sort()[0] ?? '';
  const last = new Map<string, string>();
  const drifts = series
    .filter(isRead)
    .toSorted(byTime)
    .flatMap((observation) => {
      const moved = PARTS.flatMap((part) => moveOf(part, observation, last));
      const isNews = observation.at > begun && observation.seenAt !== begun;
      return isNews ? moved : [];
    });
  // All platforms of a digest that go the same way are one drift.
  const distinct = Map.groupBy(drifts, ({ digest, part, from, to }) =>
    [digest, part, from, to].join(' '),
  );
  return [...distinct.values()].flatMap(eachTime).sort((a, b) => (a.at < b.at ? -1 : 1));
}

/** A tag that was moved back and forth: each time is a drift of its own. */
function eachTime(drifts: readonly Drift[]): Drift[] {
  const times = new Map(drifts.toReversed().map((drift) => [drift.at, drift]));
  return [...times.values()]
    .reverse()
    .map((drift, index) => (index === 0 ? drift : { ...drift, again: index }));
}

/** What an observation says of a part; `undefined` where it says nothing. */
export function partOf(part: Drift['part'], observation: Observation): string | undefined {
  return VALUES[part](observation);
}

/**
 * Notes what an observation says of a part; where nobody knows, the one before stands, as it was
 * recorded or as it is read now: that our reading changed is no move of the tag.
 */
function moveOf(part: Drift['part'], observation: Observation, last: Map<string, string>): Drift[] {
  const { image, digest, at, platform } = observation;
  const to = partOf(part, observation);
  if (!to) return [];
  const reread = observation.reread?.[part];
  const from = reread === undefined ? last.get(`${part} ${platform}`) : reread;
  last.set(`${part} ${platform}`, to);
  return from && from !== to ? [{ image, digest, at, part, from, to }] : [];
}

function byTime(left: Observation, right: Observation): number {
  if (left.at !== right.at) return left.at < right.at ? -1 : 1;
  return left.platform < right.platform ? -1 : 1;
}
