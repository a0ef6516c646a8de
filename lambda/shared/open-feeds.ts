import type { AdvisoryFeed } from '../../actions/ports.ts';
import { createHttpFeed, type HttpFeedOptions } from '../../adapters/feeds/http-feed.ts';

/** Milliseconds for all downloads together: more than half of the function's time is left to build snapshots in. */
const DOWNLOADS = 7 * 60_000;

/** Lambda's only folder that can be written to; archives lie in it one at a time. */
const FOLDER = '/tmp/tidewatch-feeds';

/** The feeds of `FEEDS`. Each has its share of the time, so that one that hangs takes none of the others'. */
export function openFeeds(
  specs: readonly Pick<HttpFeedOptions, 'name' | 'kind' | 'url' | 'control'>[],
  options: Partial<HttpFeedOptions> = {},
): readonly AdvisoryFeed[] {
  const deadline = Math.floor(DOWNLOADS / Math.max(specs.length, 1));
  return specs.map((spec) => createHttpFeed({ folder: FOLDER, deadline, ...options, ...spec }));
}
