import type { AdvisoryFeed } from '../../actions/ports.ts';
import { mayFollow } from '../registry/registry-endpoints.ts';
import { isArchive } from './archive-name.ts';

/** `details`: a catalogue may be a `.json` of its own; `scores`: a table, `.csv` or `.csv.gz`. */
type FeedKind = AdvisoryFeed['kind'];

const TABLE = /\.csv(?:\.gz)?$/i;

/** A feed's URL that we would not read from. */
export class InvalidFeedUrlError extends Error {
  override readonly name = 'InvalidFeedUrlError';
}

/**
 * An https URL (or http on loopback) of an archive, or `s3://bucket/key`, without credentials, query
 * or fragment.
 *
 * @throws InvalidFeedUrlError
 */
export function parseFeedUrl(text: string, kind?: FeedKind): URL {
  const url = URL.parse(text);
  if (!url || !(isInS3(url) || mayFollow(url, url))) {
    throw new InvalidFeedUrlError(`expected an https or s3 URL, got ${JSON.stringify(text)}`);
  }
  if (url.username || url.password || url.search || url.hash) {
    throw new InvalidFeedUrlError(`expected a URL of host and path for ${url.host}`);
  }
  const name = archiveName(url);
  if (kind === 'scores') {
    if (TABLE.test(name)) return url;
    throw new InvalidFeedUrlError(
      `expected the URL of a .csv or .csv.gz, got ${JSON.stringify(text)}`,
    );
  }
  if (!isArchive(name) && !(kind === 'details' && name.endsWith('.json'))) {
    throw new InvalidFeedUrlError(
      `expected the URL of a .zip, .tar.gz, .tgz, .ndjson or .jsonl (or .gz of these), got ${JSON.stringify(text)}`,
    );
  }
  return url;
}

/** Whether a URL names an object of a bucket. */
export function isInS3({ protocol, host }: URL): boolean {
  return protocol === 's3:' && host !== '';
}

/** The file that a URL names. */
export function archiveName({ pathname }: URL): string {
  return pathname.slice(pathname.lastIndexOf('/') + 1);
}

/** In a URL: the day, `YYYY-MM-DD`. */
const DATE = '%7Bdate%7D';

/** Where an archive that is named after its day lies: today's, else yesterday's; any other at its one place. */
export function datedUrls(url: URL, now: Date): readonly URL[] {
  if (!url.pathname.includes(DATE)) return [url];
  return [0, 1].map((days) => {
    const day = new Date(now.getTime() - days * 86_400_000).toISOString().slice(0, 10);
    return new URL(url.href.replaceAll(DATE, day));
  });
}
