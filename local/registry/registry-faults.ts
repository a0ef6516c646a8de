import { CALL_ATTEMPTS, DAMAGED_ATTEMPTS } from '../../adapters/registry/create-caller.ts';
import { type Answer, emptyAnswer, refusalAnswer } from './answer.ts';
import type { Route } from './parse-route.ts';

/** Ways to fail: `timeout` before the call is done, `lost-response` after. */
export type RegistryFaultError =
  | 'throttle'
  | 'timeout'
  | 'lost-response'
  | 'server'
  | 'denied'
  | 'not-found'
  | 'wrong-digest'
  | 'truncated'
  | 'html'
  | 'redirect-loop'
  | 'auth-loop';

/** The next calls of a kind, after some that are spared, fail. */
export interface RegistryFault {
  /** `registry:<METHOD> <noun>`, or `registry:*`. */
  readonly call: string;
  /** @default 0 */
  readonly skip?: number;
  readonly times: number;
  readonly error: RegistryFaultError;
  /** Whether `times` are single requests, or calls with all the client's attempts. @default one */
  readonly attempts?: 'one' | 'all';
}

/** A fault for calls that never happen. */
export class InvalidFaultError extends Error {
  override readonly name = 'InvalidFaultError';

  constructor(call: string) {
    super(`no call of the registry: ${JSON.stringify(call)}`);
  }
}

/** Faults that are still to come. */
export interface RegistryFaults {
  /** @throws InvalidFaultError */
  add(fault: RegistryFault): void;
  clear(): void;
  /** How this call fails; counts it. */
  next(call: string): RegistryFaultError | undefined;
}

/** Requests that our client sends before it gives up on a call. */
const ALL_ATTEMPTS: Record<RegistryFaultError, number> = {
  throttle: CALL_ATTEMPTS,
  timeout: CALL_ATTEMPTS,
  'lost-response': CALL_ATTEMPTS,
  server: CALL_ATTEMPTS,
  denied: 1,
  'not-found': 1,
  'wrong-digest': DAMAGED_ATTEMPTS,
  truncated: DAMAGED_ATTEMPTS,
  html: CALL_ATTEMPTS,
  // The first request and five redirects.
  'redirect-loop': 6,
  // Two attempts, and a token that may have been an old one.
  'auth-loop': DAMAGED_ATTEMPTS + 1,
};

const CALL =
  /^registry:(?:\*|(?:GET|HEAD|PUT|POST|PATCH|DELETE) (?:token|manifest|blob|upload|tags|referrers|history))$/;

/** No faults yet. */
export function createRegistryFaults(): RegistryFaults {
  let faults: { call: string; skip: number; left: number; error: RegistryFaultError }[] = [];
  return {
    add({ call, skip = 0, times, error, attempts = 'one' }) {
      if (!CALL.test(call)) throw new InvalidFaultError(call);
      const left = attempts === 'all' ? times * ALL_ATTEMPTS[error] : times;
      faults.push({ call, skip, left, error });
    },

    clear() {
      faults = [];
    },

    next(call) {
      const matching = faults.filter((fault) => fault.call === 'registry:*' || fault.call === call);
      const due = matching.find(({ skip, left }) => skip === 0 && left > 0);
      if (due) due.left -= 1;
      for (const fault of matching) if (fault.skip > 0) fault.skip -= 1;
      return due?.error;
    },
  };
}

const NOT_FOUND: Partial<Record<Route['noun'], string>> = {
  manifest: 'MANIFEST_UNKNOWN',
  history: 'MANIFEST_UNKNOWN',
  blob: 'BLOB_UNKNOWN',
  upload: 'BLOB_UPLOAD_UNKNOWN',
};

/** The answer of a fault that keeps the call from being done; `undefined` for the other faults. */
export function answerInstead(
  error: RegistryFaultError,
  { noun }: Route,
  url: string,
  challenge: Answer,
): Answer | undefined {
  switch (error) {
    case 'throttle':
      return {
        ...refusalAnswer({ status: 429, code: 'TOOMANYREQUESTS', message: 'slow down' }),
        headers: { 'content-type': 'application/json', 'retry-after': '1' },
      };
    case 'server':
      return refusalAnswer({ status: 500, code: 'UNKNOWN', message: 'internal error' });
    case 'denied':
      return refusalAnswer({ status: 403, code: 'DENIED', message: 'denied' });
    case 'not-found':
      return refusalAnswer({
        status: 404,
        code: NOT_FOUND[noun] ?? 'NAME_UNKNOWN',
        message: 'not found',
      });
    case 'html':
      return {
        status: 200,
        headers: { 'content-type': 'text/html; charset=utf-8' },
        body: new TextEncoder().encode('<!doctype html><title>Welcome</title>'),
      };
    case 'redirect-loop':
      return emptyAnswer(307, { location: url });
    case 'auth-loop':
      return challenge;
    default:
      return undefined;
  }
}

/** The answer of a fault that spoils what was done; the answer itself for the other faults. */
export function spoilAnswer(error: RegistryFaultError | undefined, answer: Answer): Answer {
  const { headers, body } = answer;
  if (error === 'truncated') {
    return { ...answer, body: body.subarray(0, Math.floor(body.byteLength / 2)) };
  }
  if (error !== 'wrong-digest') return answer;
  const digest = headers['docker-content-digest'];
  return {
    ...answer,
    body: body.map((byte) => byte ^ 0xff),
    headers: digest
      ? { ...headers, 'docker-content-digest': digest.replace(/.$/, otherDigit) }
      : headers,
  };
}

function otherDigit(digit: string): string {
  return digit === '0' ? '1' : '0';
}
