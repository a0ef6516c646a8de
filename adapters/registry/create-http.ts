import { RegistryUnavailableError, TooLargeError } from '../../core/image/errors.ts';
import { TransientFailure } from './create-caller.ts';
import { mayFollow } from './registry-endpoints.ts';
import type { RequestKind, TransferCounters } from './transfer-counters.ts';

const MAX_REDIRECTS = 5;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/** An unread answer up to this size is read to its end, to keep the connection (bytes). */
const WORTH_READING = 64 * 1024;

/** One thing asked of a registry. */
export interface HttpRequest {
  readonly kind: RequestKind;
  readonly method: 'GET' | 'HEAD';
  readonly url: URL;
  /** For messages: `manifest sha256:… of cgr.dev/chainguard/python`. */
  readonly what: string;
  readonly accept?: string;
  /** Further headers; sent wherever a redirect leads, so nothing secret. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** An answer whose body is still to be read, once. */
export interface HttpAnswer {
  readonly response: Response;
  /** Where it came from in the end. */
  readonly url: URL;
  /** The body as it comes. @throws RegistryUnavailableError as TransientFailure when it breaks off */
  body(): AsyncGenerator<Uint8Array, void>;
}

/** Plain requests: redirects followed, silence ended, everything counted. */
export interface Http {
  /** @throws RegistryUnavailableError, also as TransientFailure */
  request(
    request: HttpRequest,
    authorization: string | undefined,
    signal: AbortSignal,
  ): Promise<HttpAnswer>;
}

interface HttpOptions {
  readonly fetch: typeof fetch;
  readonly counters: TransferCounters;
  /** Milliseconds without a byte after which an attempt is given up. */
  readonly stallTimeout: number;
}

/** HTTP on `fetch`, with redirects in our own hands: credentials stay with the host they are for. */
export function createHttp(options: HttpOptions): Http {
  return {
    async request(request, authorization, signal) {
      let url = request.url;
      let credentials = authorization;
      for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
        const answer = await requestOnce(options, { ...request, url }, credentials, signal);
        const target = redirectTarget(answer, request.what);
        if (!target) return answer;
        await discard(answer);
        if (target.origin !== url.origin) credentials = undefined;
        url = target;
      }
      throw new RegistryUnavailableError(`${request.what}: more than ${MAX_REDIRECTS} redirects`);
    },
  };
}

/**
 * Reads a whole body of at most `limit` bytes.
 *
 * @throws TooLargeError; RegistryUnavailableError as TransientFailure
 */
export async function readBody(answer: HttpAnswer, limit: number, what: string) {
  const announced = Number(answer.response.headers.get('content-length') ?? 0);
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of answer.body()) {
    size += chunk.byteLength;
    if (size > limit || announced > limit) {
      throw new TooLargeError(`${what}: more than ${limit} bytes`);
    }
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks, size));
}

/** Leaves an answer unread; keeps the connection when that is cheap. */
export async function discard(answer: HttpAnswer): Promise<void> {
  let size = 0;
  try {
    for await (const chunk of answer.body()) {
      size += chunk.byteLength;
      if (size > WORTH_READING) return;
    }
  } catch (error) {
    // Nobody wanted these bytes: that they broke off is no news.
    if (!(error instanceof TransientFailure)) throw error;
  }
}

async function requestOnce(
  { fetch, counters, stallTimeout }: HttpOptions,
  { kind, method, url, what, accept, headers: further }: HttpRequest,
  authorization: string | undefined,
  signal: AbortSignal,
): Promise<HttpAnswer> {
  const watch = createWatch(stallTimeout, what);
  const headers = {
    ...further,
    // A coding would change the bytes whose digest and size we know.
    'accept-encoding': 'identity',
    ...(accept && { accept }),
    ...(authorization && { authorization }),
  };
  counters.add(kind, { requests: 1, bytes: 0 });
  const response = await watch.wait(
    fetch(url, {
      method,
      headers,
      redirect: 'manual',
      signal: AbortSignal.any([signal, watch.signal]),
    }),
  );

  async function* body(): AsyncGenerator<Uint8Array, void> {
    const reader = response.body?.getReader();
    if (!reader) return;
    try {
      for (;;) {
        const { done, value } = await watch.wait(reader.read());
        if (done) return;
        counters.add(kind, { requests: 0, bytes: value.byteLength });
        yield value;
      }
    } finally {
      // A stream that failed rejects its cancellation with the same error.
      await reader.cancel().catch(() => undefined);
    }
  }

  return { response, url, body };
}

/** Names every failure of the wire, and makes silence one. */
function createWatch(stallTimeout: number, what: string) {
  const controller = new AbortController();
  return {
    signal: controller.signal,
    async wait<Result>(answer: Promise<Result>): Promise<Result> {
      const timer = setTimeout(
        () => controller.abort(new Error(`silent for ${stallTimeout} ms`)),
        stallTimeout,
      );
      timer.unref();
      try {
        return await answer;
      } catch (cause) {
        const reason = reasonOf(cause);
        throw new TransientFailure(new RegistryUnavailableError(`${what}: ${reason}`, { cause }));
      } finally {
        clearTimeout(timer);
      }
    },
  };
}

/** `fetch` says `fetch failed` and hides why in the cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}

function redirectTarget({ response, url }: HttpAnswer, what: string): URL | undefined {
  if (!REDIRECTS.has(response.status)) return undefined;
  const location = response.headers.get('location') ?? '';
  const target = location ? URL.parse(location, url.href) : null;
  if (!target || !mayFollow(url, target)) {
    throw new RegistryUnavailableError(`${what}: redirected to ${JSON.stringify(location)}`);
  }
  return target;
}
