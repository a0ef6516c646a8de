import http from 'node:http';
import https from 'node:https';

/** A request to a cluster's API; every attempt of one call is the same object. */
export interface KubernetesRequest {
  readonly url: URL;
  /** What is listed: `pods`. */
  readonly resource: string;
  readonly accept: string;
}

export interface KubernetesAnswer {
  readonly status: number;
  readonly contentType: string;
  /** `Retry-After`, as it came. */
  readonly retryAfter: string | undefined;
  readonly body: string;
}

/** One attempt of a request. @throws UnsafeEndpointError, AnswerTooLargeError, and whatever breaks a connection */
export type SendKubernetes = (
  request: KubernetesRequest,
  token: string,
  signal: AbortSignal,
) => Promise<KubernetesAnswer>;

/** An API that would be asked without TLS, though it is not on this machine. */
export class UnsafeEndpointError extends Error {
  override readonly name = 'UnsafeEndpointError';

  constructor(url: URL) {
    super(`expected an https endpoint, got ${url.origin}`);
  }
}

/** An answer that is larger than any page has to be. */
export class AnswerTooLargeError extends Error {
  override readonly name = 'AnswerTooLargeError';

  constructor(limit: number) {
    super(`an answer of more than ${limit} bytes`);
  }
}

/** Bytes of one answer: 500 pods take some ten megabytes. */
const LIMIT = 64 * 1024 * 1024;

const LOOPBACK = new Set(['127.0.0.1', '[::1]', 'localhost']);

/**
 * Sends over TLS that trusts one authority alone: the cluster's own, as PEM. Plain HTTP is for an
 * API on loopback, which is what an embedded one is.
 */
export function createSendKubernetes(authority: string, limit = LIMIT): SendKubernetes {
  return ({ url, accept }, token, signal) => {
    const headers = { accept, authorization: `Bearer ${token}` };
    // Said once more, since a variable of Node's could have turned it off.
    const options = { headers, signal, ca: [authority], rejectUnauthorized: true };
    const { promise, resolve, reject } = Promise.withResolvers<KubernetesAnswer>();
    const read = (response: http.IncomingMessage) => {
      readBody(response, limit).then(
        (body) => resolve({ ...headOf(response), body }),
        (error: unknown) => reject(error),
      );
    };
    if (url.protocol === 'https:') {
      https.get(url, options, read).on('error', reject);
    } else if (url.protocol === 'http:' && LOOPBACK.has(url.hostname)) {
      http.get(url, { headers, signal }, read).on('error', reject);
    } else {
      reject(new UnsafeEndpointError(url));
    }
    return promise;
  };
}

function headOf({ statusCode = 0, headers }: http.IncomingMessage) {
  return {
    status: statusCode,
    contentType: headers['content-type'] ?? '',
    retryAfter: headers['retry-after'],
  };
}

async function readBody(response: http.IncomingMessage, limit: number): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.byteLength;
    if (size > limit) throw new AnswerTooLargeError(limit);
    chunks.push(chunk);
  }
  // Otherwise a connection that ended early would pass for a short answer.
  if (!response.complete) throw new Error('the answer breaks off');
  return Buffer.concat(chunks, size).toString('utf8');
}
