import { open } from 'node:fs/promises';
import { type Clock, FeedUnavailableError } from '../../actions/ports.ts';
import type { FeedValidator } from '../../core/run/run.ts';
import { checkAnswer } from '../registry/check-answer.ts';
import { TransientFailure } from '../registry/create-caller.ts';
import { discard, type Http, type HttpAnswer } from '../registry/create-http.ts';
import { checkBeginning, checkHashes } from './check-archive.ts';

export interface DownloadOptions {
  readonly http: Http;
  readonly clock: Clock;
  readonly url: URL;
  /** Where the archive is put; an existing file is written over. */
  readonly path: string;
  /** Bytes, at most. */
  readonly limit: number;
  /** Of the state that the caller has; `null` asks without condition. */
  readonly known: FeedValidator | null;
}

/** What a download came to; an archive lies whole in its file. */
export type Downloaded =
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'archive'; readonly validator: FeedValidator | null };

/** What is in the file, and how the server called it. */
interface Part {
  received: number;
  /** Of the whole archive, when the server told. */
  readonly size: number | undefined;
  /** Strong validator for `If-Range`; `undefined`: the next attempt starts from the beginning. */
  readonly range: string | undefined;
  readonly validator: FeedValidator | null;
}

/** A `Last-Modified` is a strong validator when it is so much older than the answer (ms; RFC 9110, section 8.8.2.2). */
const DATE_IS_STRONG = 60_000;

/**
 * One attempt after another at the same archive: each goes on where the last one broke
 * off, if the server can tell that it is still the same (RFC 9110, sections 13 and 14).
 *
 * @throws (each attempt) as `Http`, `checkAnswer`, `checkHashes`; FeedUnavailableError, also as TransientFailure
 */
export function createDownload(
  options: DownloadOptions,
): (signal: AbortSignal) => Promise<Downloaded> {
  const { http, clock, url, known } = options;
  const what = url.href;
  let part: Part | undefined;

  return async (signal) => {
    const begun = resumable(part);
    const condition = begun ? {} : conditionHeaders(url, known);
    const headers = begun ? rangeHeaders(begun) : condition;
    const request = { kind: 'feed', method: 'GET', url, what, headers } as const;
    const answer = await http.request(request, undefined, signal);
    const { status } = answer.response;
    if (status === 304 && Object.keys(condition).length > 0) {
      await discard(answer);
      return { kind: 'unchanged' };
    }
    if (status === 416) part = undefined;
    await checkStatus(answer, what, clock);
    // What the server answers now is all there is, unless it goes on where we were.
    part = undefined;
    part = status === 206 ? goOn(answer, begun, what) : startOver(answer, url);
    await receive(options, answer, part, what);
    const { validator } = part;
    // Whole, right or wrong: there is nothing to go on with.
    part = undefined;
    await checkBeginning(options.path, what);
    await checkHashes(options.path, answer.response.headers.get('x-goog-hash'), what);
    return { kind: 'archive', validator };
  };
}

function resumable(part: Part | undefined): Part | undefined {
  return part?.range === undefined ? undefined : part;
}

async function checkStatus(answer: HttpAnswer, what: string, clock: Clock): Promise<void> {
  if (answer.response.status !== 416) return checkAnswer(answer, what, clock.now());
  await discard(answer);
  throw transient(`${what}: HTTP 416`);
}

function rangeHeaders({ received, range = '' }: Part): Record<string, string> {
  return { range: `bytes=${received}-`, 'if-range': range };
}

function conditionHeaders(url: URL, known: FeedValidator | null): Record<string, string> {
  if (known?.source !== url.href) return {};
  return {
    ...(known.etag && { 'if-none-match': known.etag }),
    ...(known.modified && { 'if-modified-since': known.modified }),
  };
}

function startOver({ response: { headers } }: HttpAnswer, url: URL): Part {
  const length = headers.get('content-length');
  const etag = headers.get('etag');
  const modified = headers.get('last-modified');
  return {
    received: 0,
    size: length === null ? undefined : Number(length),
    range: rangeValidator(headers),
    validator: etag || modified ? { source: url.href, etag, modified } : null,
  };
}

function rangeValidator(headers: Headers): string | undefined {
  const etag = headers.get('etag');
  if (etag) return etag.startsWith('"') ? etag : undefined;
  const modified = headers.get('last-modified');
  const age = Date.parse(headers.get('date') ?? '') - Date.parse(modified ?? '');
  return modified && age >= DATE_IS_STRONG ? modified : undefined;
}

/** The part with what is known of it, if the answer goes on where it ends. */
function goOn({ response: { headers } }: HttpAnswer, part: Part | undefined, what: string): Part {
  const range = headers.get('content-range') ?? '';
  const [, start, size] = /^bytes (\d+)-\d+\/(\d+)$/.exec(range) ?? [];
  const etag = headers.get('etag');
  const isSame = !etag || !part?.validator?.etag || etag === part.validator.etag;
  const isKnownSize = part?.size === undefined || part.size === Number(size);
  if (part && isSame && isKnownSize && Number(start) === part.received) {
    return { ...part, size: Number(size) };
  }
  throw transient(
    `${what}: asked to go on at ${part?.received ?? 0}, got ${JSON.stringify(range)}`,
  );
}

/** Writes the body to the file's end; what was written is counted even when it breaks off. */
async function receive(
  { path, limit }: DownloadOptions,
  answer: HttpAnswer,
  part: Part,
  what: string,
): Promise<void> {
  const coding = answer.response.headers.get('content-encoding') ?? 'identity';
  if (coding !== 'identity') {
    throw new FeedUnavailableError(`${what}: sent in the coding ${JSON.stringify(coding)}`);
  }
  const tooLarge = () => new FeedUnavailableError(`${what}: more than ${limit} bytes`);
  if ((part.size ?? 0) > limit) throw tooLarge();
  const file = await open(path, part.received === 0 ? 'w' : 'a');
  try {
    for await (const chunk of answer.body()) {
      if (part.received + chunk.byteLength > limit) throw tooLarge();
      await file.appendFile(chunk);
      part.received += chunk.byteLength;
    }
  } finally {
    await file.close();
  }
  if (part.size !== undefined && part.received < part.size) {
    throw transient(`${what}: broke off after ${part.received} of ${part.size} bytes`);
  }
}

function transient(message: string): TransientFailure {
  return new TransientFailure(new FeedUnavailableError(message));
}
