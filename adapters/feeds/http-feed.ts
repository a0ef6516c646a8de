import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProbedFeed } from '../../actions/checks/feed-checks.ts';
import {
  type AdvisoryFeed,
  type Clock,
  type FeedAnswer,
  FeedUnavailableError,
  type RecordBatch,
} from '../../actions/ports.ts';
import { UnreadableRecord } from '../../core/advisory/osv.ts';
import { ImageNotFoundError } from '../../core/image/errors.ts';
import type { FeedTerms, FeedValidator } from '../../core/run/run.ts';
import { checkAnswer } from '../registry/check-answer.ts';
import { createCaller } from '../registry/create-caller.ts';
import { createHttp, discard } from '../registry/create-http.ts';
import { createTransferCounters } from '../registry/transfer-counters.ts';
import { createDownload, type Downloaded } from './download-archive.ts';
import { archiveName, datedUrls, parseFeedUrl } from './feed-url.ts';
import { messageOf } from './parse-record.ts';
import { readAdvisories } from './read-advisories.ts';
import { readDetails } from './read-details.ts';
import { readScores } from './read-scores.ts';

/** What one archive may cost. */
export interface FeedLimits {
  /** As it is sent. */
  readonly bytes: number;
  readonly records: number;
}

/** The largest public archives have some hundred megabytes, and about a million records. */
export const FEED_LIMITS: FeedLimits = { bytes: 1.5 * 1024 ** 3, records: 3_000_000 };

/** Milliseconds that a source has to say what it would send. */
export const PROBE_DEADLINE = 15_000;

export interface HttpFeedOptions {
  readonly name: string;
  readonly kind?: AdvisoryFeed['kind'];
  /** Of an archive that `readAdvisories` (`readDetails`, `readScores`) reads, by the ending of its path; `{date}` stands for the day. */
  readonly url: string;
  readonly control: string | null;
  /** Whose data it is. */
  readonly terms?: FeedTerms;
  /** Of this process alone; the archive lies in it while it is read, and what a process that died left there is removed. */
  readonly folder: string;
  /** Milliseconds for the download, all attempts together. @default 420,000 */
  readonly deadline?: number;
  /** Milliseconds without a byte after which an attempt is given up. @default 20,000 */
  readonly stallTimeout?: number;
  /** @default FEED_LIMITS */
  readonly limits?: FeedLimits;
  /** Must know the URL's scheme. @default the global fetch */
  readonly fetch?: typeof fetch;
  /** Reads dates. @default the machine's */
  readonly clock?: Clock;
  /** Waits milliseconds between attempts. @default real time */
  readonly sleep?: (milliseconds: number) => Promise<void>;
  /** Spreads the waits, 0 to 1. @default Math.random */
  readonly random?: () => number;
}

/**
 * A feed that is one archive of OSV records behind a URL: asked only for what has
 * changed, downloaded to a file, checked as far as the server tells, then read from there.
 *
 * @throws InvalidFeedUrlError
 */
export function createHttpFeed(options: HttpFeedOptions): ProbedFeed {
  const { name, kind, control, limits = FEED_LIMITS, clock = { now: () => new Date() } } = options;
  const pattern = parseFeedUrl(options.url, kind);
  const folder = join(options.folder, encodeURIComponent(name));
  const http = createHttp({
    fetch: options.fetch ?? fetch,
    counters: createTransferCounters(),
    stallTimeout: options.stallTimeout ?? 20_000,
  });
  const { call } = createCaller({
    clock,
    sleep: options.sleep ?? sleepForReal,
    random: options.random ?? Math.random,
  });
  const remove = () => rm(folder, { recursive: true, force: true });

  async function readFrom(url: URL, known: FeedValidator | null): Promise<FeedAnswer> {
    const path = join(folder, archiveName(url));
    try {
      await remove();
      await mkdir(folder, { recursive: true });
      const download = createDownload({ http, clock, url, path, limit: limits.bytes, known });
      const downloaded = await call(options.deadline ?? 420_000, download);
      if (downloaded.kind === 'unchanged') await remove();
      return answerOf(downloaded, () => readArchive({ kind, path, url, limits, remove }));
    } catch (error) {
      await remove();
      throw unavailable(error, path, url);
    }
  }

  /** Of an archive a day today's, or yesterday's where that is not out yet. */
  async function newest<Answer>(ask: (url: URL) => Promise<Answer>): Promise<Answer> {
    const [url = pattern, before] = datedUrls(pattern, clock.now());
    if (!before) return ask(url);
    try {
      return await ask(url);
    } catch (error) {
      const isMissing = error instanceof Error && error.cause instanceof ImageNotFoundError;
      if (!isMissing) throw error;
      return ask(before);
    }
  }

  async function probeAt(url: URL): Promise<string> {
    const what = url.href;
    const request = { kind: 'feed', method: 'GET', url, what, headers: {} } as const;
    return await call(PROBE_DEADLINE, async (signal) => {
      const answer = await http.request(request, undefined, signal);
      await checkAnswer(answer, what, clock.now());
      const { headers } = answer.response;
      await discard(answer);
      return describeArchive(url, headers);
    });
  }

  return {
    name,
    ...(kind && { kind }),
    control,
    ...(options.terms && { terms: options.terms }),
    read: (known) => newest((url) => readFrom(url, known)),
    probe: () =>
      newest((url) =>
        probeAt(url).catch((error: unknown) => {
          throw unavailable(error, null, url);
        }),
      ),
  };
}

function answerOf(downloaded: Downloaded, records: () => AsyncIterable<RecordBatch>): FeedAnswer {
  if (downloaded.kind === 'unchanged') return { kind: 'unchanged' };
  return { kind: 'records', records: records(), validator: downloaded.validator };
}

/** What a server says of an archive before it sends it. @throws FeedUnavailableError for a page */
function describeArchive(url: URL, headers: Headers): string {
  const type = headers.get('content-type') ?? '';
  if (/^text\/html\b/i.test(type)) {
    throw new FeedUnavailableError(`${url.href}: answers with a page, not with an archive`);
  }
  const length = Number(headers.get('content-length') ?? Number.NaN);
  const size = Number.isNaN(length) ? 'answers' : `answers with ${Math.ceil(length / 1e6)} MB`;
  const modified = headers.get('last-modified');
  return modified ? `${size}, of ${modified}` : size;
}

interface Archive {
  readonly kind: AdvisoryFeed['kind'];
  readonly path: string;
  readonly url: URL;
  readonly limits: FeedLimits;
  remove(): Promise<void>;
}

const READERS = { advisories: readAdvisories, details: readDetails, scores: readScores };

/** The records of a file that goes when they are read, or nobody wants more of them. */
async function* readArchive(archive: Archive): AsyncGenerator<RecordBatch> {
  const { kind, path, url, limits, remove } = archive;
  let count = 0;
  try {
    const batches = READERS[kind ?? 'advisories'](path);
    for await (const batch of batches) {
      count += batch.length;
      if (count > limits.records) throw new Error(`more than ${limits.records} records`);
      yield batch.map((record) =>
        record instanceof UnreadableRecord ? named(record, path, url) : record,
      );
    }
    if (count === 0) throw new Error('no records');
  } catch (error) {
    throw unavailable(error, path, url);
  } finally {
    await remove();
  }
}

/** Where a file lay for a while says nothing to anybody. */
function named({ path, reason }: UnreadableRecord, file: string, url: URL): UnreadableRecord {
  return new UnreadableRecord(path.replace(file, url.href), reason);
}

/** `path`: where the archive lies meanwhile, if it does. */
function unavailable(error: unknown, path: string | null, url: URL): FeedUnavailableError {
  const said = messageOf(error);
  const text = path === null ? said : said.replaceAll(path, url.href);
  const message = text.includes(url.href) ? text : `${url.href}: ${text}`;
  return new FeedUnavailableError(message, { cause: error });
}

function sleepForReal(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
