import type { AlertText } from '../alert/compose-alert.ts';
import type { LineageRow } from '../lineage/lineage.ts';
import { hashOf } from '../object/json-object.ts';
import type { FeedState } from '../run/run.ts';
import { describeNewDetails, describeNewFeed } from './describe-baseline.ts';

/** Feeds of tonight, and what is open. */
interface NewFeeds {
  /** Feeds that were read for the first time: what they say was there already. */
  readonly newFeeds: ReadonlySet<string>;
  readonly feeds: readonly FeedState[];
  readonly rows: readonly LineageRow[];
}

/** A feed's summary, which is told and done. */
interface FeedBaseline {
  /** What it is, for its hash. */
  readonly what: readonly unknown[];
  readonly text: AlertText;
  readonly lasts: false;
}

/** One summary a feed of what it alone says. */
export function newFeedBaselines({ newFeeds, feeds, rows }: NewFeeds): FeedBaseline[] {
  const details = new Set(feeds.flatMap(({ kind, name }) => (kind === 'details' ? [name] : [])));
  return [...newFeeds].sort().map((name) => ({
    what: matterOf(name),
    text: details.has(name) ? describeNewDetails(name, rows) : describeNewFeed(name, rows),
    lasts: false,
  }));
}

function matterOf(name: string): readonly unknown[] {
  return ['feed-baseline', name];
}

/**
 * Counts an episode for each feed that leaves the configuration: if it comes back, its baseline
 * is another one, which is told under another id.
 */
export function endFeeds(
  ended: Readonly<Record<string, number>>,
  gone: Iterable<string>,
): Readonly<Record<string, number>> {
  const matters = [...gone].map((name) => hashOf(matterOf(name)));
  const counts = matters.map((matter) => [matter, (ended[matter] ?? 0) + 1] as const);
  return { ...ended, ...Object.fromEntries(counts) };
}
