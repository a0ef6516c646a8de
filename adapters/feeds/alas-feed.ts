import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { ProbedFeed } from '../../actions/checks/feed-checks.ts';
import {
  type Clock,
  type FeedAnswer,
  FeedUnavailableError,
  type RecordBatch,
} from '../../actions/ports.ts';
import { type AmazonRelease, alasRecord } from '../../core/advisory/alas.ts';
import { createLineSorter } from '../../core/advisory/line-sorter.ts';
import type { FeedValidator } from '../../core/run/run.ts';
import { type Caller, createCaller, damaged } from '../registry/create-caller.ts';
import { createHttp, type Http } from '../registry/create-http.ts';
import { mayFollow } from '../registry/registry-endpoints.ts';
import { createTransferCounters } from '../registry/transfer-counters.ts';
import { createDownload } from './download-archive.ts';
import { archiveName, InvalidFeedUrlError, isInS3 } from './feed-url.ts';
import { FEED_LIMITS, type FeedLimits, type HttpFeedOptions, PROBE_DEADLINE } from './http-feed.ts';
import { locateUpdateinfo, type Questions, type Updateinfo } from './locate-updateinfo.ts';
import { mergeUpdates, sortUpdates } from './merge-updates.ts';
import { messageOf } from './parse-record.ts';

/** Amazon Linux is built for these; what another image has is judged by their records. */
const ARCHITECTURES = ['x86_64', 'aarch64'] as const;

/** As of an archive; `url` stands in for `AMAZON_CDN`. */
export interface AlasFeedOptions extends Omit<HttpFeedOptions, 'kind'> {
  readonly release: AmazonRelease;
  /** `core`, `kernel-livepatch`, `extras/docker`. */
  readonly repositories: readonly string[];
}

/** One repository's list for one architecture. */
interface Source {
  readonly repository: string;
  readonly arch: string;
  readonly updateinfo: Updateinfo;
}

/** What a reading needs. */
interface Reading {
  readonly options: AlasFeedOptions;
  readonly base: URL;
  readonly folder: string;
  readonly limits: FeedLimits;
  readonly clock: Clock;
  readonly http: Http;
  readonly caller: Caller;
}

/**
 * A feed of Amazon Linux's advisories (ALAS), which no feed of OSV records has: the lists of
 * updates of its repositories, found as dnf does, checked by their checksums, and merged by
 * advisory. Unchanged is what has the same checksums.
 *
 * @throws InvalidFeedUrlError
 */
export function createAlasFeed(options: AlasFeedOptions): ProbedFeed {
  const { name, control, terms, deadline = 420_000 } = options;
  const reading = openReading(options);
  return {
    name,
    control,
    ...(terms && { terms }),
    read: (known) =>
      named(reading, async (): Promise<FeedAnswer> => {
        const sources = await locateAll(reading, deadline);
        const validator = validatorOf(options, sources);
        const isSame = known?.source === validator.source && known.etag === validator.etag;
        if (isSame) return { kind: 'unchanged' };
        return { kind: 'records', records: readAll(reading, sources, deadline), validator };
      }),
    probe: () =>
      named(reading, async () => {
        const sources = await locateAll(reading, PROBE_DEADLINE);
        const bytes = sources.reduce((sum, { updateinfo }) => sum + (updateinfo.size ?? 0), 0);
        return `answers with ${sources.length} lists of updates, ${Math.ceil(bytes / 1e6)} MB`;
      }),
  };
}

function openReading(options: AlasFeedOptions): Reading {
  const { limits = FEED_LIMITS, clock = { now: () => new Date() } } = options;
  return {
    options,
    base: parseBase(options.url),
    folder: join(options.folder, encodeURIComponent(options.name)),
    limits,
    clock,
    http: createHttp({
      fetch: options.fetch ?? fetch,
      counters: createTransferCounters(),
      stallTimeout: options.stallTimeout ?? 20_000,
    }),
    caller: createCaller({
      clock,
      sleep: options.sleep ?? sleepForReal,
      random: options.random ?? Math.random,
    }),
  };
}

async function locateAll(
  { options: { release, repositories }, base, http, clock, caller }: Reading,
  deadline: number,
): Promise<Source[]> {
  const questions: Questions = { http, clock, call: (attempt) => caller.call(deadline, attempt) };
  const sources: Source[] = [];
  for (const repository of repositories) {
    for (const arch of ARCHITECTURES) {
      const list = mirrorListOf(release, repository, arch);
      const updateinfo = await locateUpdateinfo(questions, base, list);
      sources.push({ repository, arch, updateinfo });
    }
  }
  return sources;
}

/** Updates of all sources, merged by id: the same one comes from each architecture's. */
async function* readAll(
  reading: Reading,
  sources: readonly Source[],
  deadline: number,
): AsyncGenerator<RecordBatch> {
  const { options, folder, limits } = reading;
  const end = Date.now() + deadline;
  const lines = createLineSorter();
  try {
    for (const source of sources) {
      const path = await download(reading, source, Math.max(1, end - Date.now()));
      // Where a file lay for a while says nothing to anybody.
      yield* sortUpdates(path, lines, source.updateinfo.url.href);
    }
    yield* limitedTo(
      limits.records,
      mergeUpdates(lines, (updates) => alasRecord(options.release, updates)),
    );
  } catch (error) {
    throw unavailable(error, reading);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function download(
  { http, clock, caller, limits, folder }: Reading,
  { updateinfo: { url, algorithm, checksum } }: Source,
  deadline: number,
): Promise<string> {
  const path = join(folder, archiveName(url));
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const { bytes: limit } = limits;
  const attempt = createDownload({ http, clock, url, path, limit, known: null });
  await caller.call(deadline, async (signal) => {
    await attempt(signal);
    const actual = await hashOf(path, algorithm);
    if (actual !== checksum) throw damaged(url.href, checksum, actual);
  });
  return path;
}

function parseBase(text: string): URL {
  const url = URL.parse(text);
  if (url && (isInS3(url) || mayFollow(url, url)) && !(url.username || url.search || url.hash)) {
    return url;
  }
  throw new InvalidFeedUrlError(`expected an https or s3 URL, got ${JSON.stringify(text)}`);
}

/** Where the list of a repository's mirrors lies, below Amazon's host. */
function mirrorListOf(release: AmazonRelease, repository: string, arch: string): string {
  return release === '2'
    ? `2/${repository}/latest/${arch}/mirror.list`
    : `al2023/${repository}/mirrors/latest/${arch}/mirror.list`;
}

/** Other repositories are another state, whatever lies in them. */
function validatorOf(
  { url, release, repositories }: AlasFeedOptions,
  sources: readonly Source[],
): FeedValidator {
  const checksums = sources.map(({ repository, arch, updateinfo: { algorithm, checksum } }) => [
    repository,
    arch,
    algorithm,
    checksum,
  ]);
  const etag = createHash('sha256').update(JSON.stringify(checksums)).digest('hex');
  return { source: `${url} ${release} ${repositories.join(' ')}`, etag, modified: null };
}

async function hashOf(path: string, algorithm: string): Promise<string> {
  const hash = createHash(algorithm);
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

/** A feed without records, or with more than it may have, is none. */
async function* limitedTo(
  limit: number,
  batches: AsyncIterable<RecordBatch>,
): AsyncGenerator<RecordBatch> {
  let count = 0;
  for await (const records of batches) {
    count += records.length;
    if (count > limit) throw new Error(`more than ${limit} records`);
    yield records;
  }
  if (count === 0) throw new Error('no records');
}

async function named<Answer>(reading: Reading, ask: () => Promise<Answer>): Promise<Answer> {
  try {
    return await ask();
  } catch (error) {
    throw unavailable(error, reading);
  }
}

function unavailable(error: unknown, { folder, base }: Reading): FeedUnavailableError {
  const said = messageOf(error).replaceAll(`${folder}/`, '');
  const message = said.includes(base.host) ? said : `${base.href}: ${said}`;
  return new FeedUnavailableError(message, { cause: error });
}

function sleepForReal(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
