import * as z from 'zod';
import {
  AccessDeniedError,
  ImageNotFoundError,
  RateLimitedError,
  RegistryUnavailableError,
} from '../../core/image/errors.ts';
import { DAMAGED_ATTEMPTS, TransientFailure } from './create-caller.ts';
import { discard, type HttpAnswer } from './create-http.ts';

/** What a refusal says (OCI distribution-spec, "Error Codes"). */
const ErrorBody = z.object({ errors: z.array(z.object({ code: z.string() })) });

/**
 * Lets a 2xx answer through and names every other, unread; HTML is no registry's answer.
 *
 * @throws ImageNotFoundError, AccessDeniedError, RegistryUnavailableError, and as
 * TransientFailure RateLimitedError and RegistryUnavailableError
 */
export async function checkAnswer(answer: HttpAnswer, what: string, now: Date): Promise<void> {
  const failure = failureOf(answer.response, what, now);
  if (!failure) return;
  await discard(answer);
  throw failure;
}

/** The media type of an answer, lower case and without its parameters. */
export function mediaTypeOf(response: Response): string {
  return response.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase() ?? '';
}

/** Milliseconds to wait, from seconds or an HTTP date (RFC 9110, section 10.2.3); 0 for neither. */
function parseRetryAfter(header: string | null, now: Date): number {
  if (!header) return 0;
  if (/^\d+$/.test(header.trim())) return Number(header) * 1000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? 0 : Math.max(0, at - now.getTime());
}

/**
 * Reads a JSON answer.
 *
 * @throws RegistryUnavailableError as TransientFailure
 */
export function parseAnswer<Schema extends z.ZodType>(
  schema: Schema,
  bytes: Uint8Array,
  what: string,
): z.output<Schema> {
  const json = parseJson(bytes);
  const result = schema.safeParse(json);
  if (result.success) return result.data;
  const reason = json === undefined ? 'no JSON' : z.prettifyError(result.error);
  throw new TransientFailure(new RegistryUnavailableError(`${what}: ${reason}`), {
    attempts: DAMAGED_ATTEMPTS,
  });
}

/** The first error code of a refusal, or an empty string. */
export function errorCodeOf(bytes: Uint8Array): string {
  return ErrorBody.safeParse(parseJson(bytes)).data?.errors[0]?.code ?? '';
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}

function failureOf(response: Response, what: string, now: Date): Error | undefined {
  const { status } = response;
  if (response.ok) {
    if (mediaTypeOf(response) !== 'text/html') return undefined;
    return new TransientFailure(new RegistryUnavailableError(`${what}: HTML, no answer`));
  }
  if (status === 404) return new ImageNotFoundError(`${what}: not found`);
  if (status === 401 || status === 403) return new AccessDeniedError(`${what}: HTTP ${status}`);
  const retryAfter = parseRetryAfter(response.headers.get('retry-after'), now);
  if (status === 429) {
    return new TransientFailure(new RateLimitedError(`${what}: HTTP 429`), { retryAfter });
  }
  const failure = new RegistryUnavailableError(`${what}: HTTP ${status}`);
  const isTransient = status >= 500 || status === 408;
  return isTransient ? new TransientFailure(failure, { retryAfter }) : failure;
}
