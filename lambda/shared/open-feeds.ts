import type { S3Client } from '@aws-sdk/client-s3';
import type { ProbedFeed } from '../../actions/checks/feed-checks.ts';
import { type AlasFeedOptions, createAlasFeed } from '../../adapters/feeds/alas-feed.ts';
import { isInS3 } from '../../adapters/feeds/feed-url.ts';
import { createHttpFeed, type HttpFeedOptions } from '../../adapters/feeds/http-feed.ts';
import { createS3Fetch } from '../../adapters/feeds/s3-fetch.ts';
import { termsOf } from '../../core/feed/terms.ts';

/** Milliseconds for a feed's download: more than half of its function's time is left to build the snapshot in. */
const DOWNLOAD = 7 * 60_000;

/** Lambda's only folder that can be written to; archives lie in it one at a time. */
const FOLDER = '/tmp/tidewatch-feeds';

/** As `FEEDS` lists a feed: an archive, or repositories of Amazon Linux. */
type FeedSpec =
  | Pick<HttpFeedOptions, 'name' | 'kind' | 'url' | 'control'>
  | (Pick<AlasFeedOptions, 'name' | 'release' | 'url' | 'repositories' | 'control'> & {
      readonly kind: 'amazon';
    });

/** The feeds of `FEEDS`; those that lie in S3 are read by `s3`. */
export function openFeeds(
  specs: readonly FeedSpec[],
  s3: S3Client,
  options: Partial<HttpFeedOptions> = {},
): readonly ProbedFeed[] {
  return specs.map((spec) => {
    const terms = termsOf(spec.name);
    const common = {
      folder: FOLDER,
      deadline: DOWNLOAD,
      ...(isInS3(new URL(spec.url)) && { fetch: createS3Fetch(s3) }),
      ...(terms && { terms }),
      ...options,
    };
    return spec.kind === 'amazon'
      ? createAlasFeed({ ...common, ...spec })
      : createHttpFeed({ ...common, ...spec });
  });
}
