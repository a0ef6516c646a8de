import type { Clock } from '../../actions/ports.ts';
import { DigestMismatchError, RegistryUnavailableError } from '../../core/image/errors.ts';

/** Attempts of one call, the first included. */
export const CALL_ATTEMPTS = 5;

/** Attempts when bytes arrive damaged: a second time is no accident. */
export const DAMAGED_ATTEMPTS = 2;

/** Full jitter: a random wait below `base * 2^n`, never above the cap (milliseconds). */
const BACK_OFF = { base: 500, cap: 20_000 } as const;

/** A failure that another attempt may mend. */
export class TransientFailure extends Error {
  override readonly name = 'TransientFailure';
  /** What the caller is told when our patience ends. */
  readonly failure: Error;
  /** Milliseconds that the registry asked us to wait. */
  readonly retryAfter: number;
  /** Attempts after which a failure of this kind is final. */
  readonly attempts: number;

  constructor(failure: Error, options: { retryAfter?: number; attempts?: number } = {}) {
    super(failure.message, { cause: failure });
    this.failure = failure;
    this.retryAfter = options.retryAfter ?? 0;
    this.attempts = options.attempts ?? CALL_ATTEMPTS;
  }
}

/** Runs calls: each with one deadline over all its attempts and waits. */
export interface Caller {
  /**
   * Attempts until one succeeds, fails for good, or patience ends. The signal aborts at the deadline.
   *
   * @throws the attempt's own errors; RegistryUnavailableError at the deadline
   */
  call<Result>(
    deadline: number,
    attempt: (signal: AbortSignal) => Promise<Result>,
  ): Promise<Result>;
}

interface CallerOptions {
  readonly clock: Clock;
  /** Waits milliseconds. */
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** 0 to 1, 1 excluded. */
  readonly random: () => number;
}

/** A caller that waits with full jitter, and at least as long as the registry asks. */
export function createCaller(options: CallerOptions): Caller {
  return {
    async call(deadline, attempt) {
      const controller = new AbortController();
      // The clock may be a world's, which stands still: a hung socket ends in real time.
      const timer = setTimeout(() => controller.abort(new DeadlineError(deadline)), deadline);
      // The open socket keeps a process alive; one whose caller is gone must not wait for this.
      timer.unref();
      try {
        return await attemptUntil(options, deadline, controller.signal, attempt);
      } catch (error) {
        if (!controller.signal.aborted) throw error;
        throw new RegistryUnavailableError(`no answer within ${deadline} ms`, { cause: error });
      } finally {
        clearTimeout(timer);
      }
    },
  };
}

/** Why a call's signal aborted. */
class DeadlineError extends Error {
  override readonly name = 'DeadlineError';

  constructor(deadline: number) {
    super(`deadline of ${deadline} ms`);
  }
}

async function attemptUntil<Result>(
  { clock, sleep, random }: CallerOptions,
  deadline: number,
  signal: AbortSignal,
  attempt: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const startedAt = clock.now().getTime();
  let waited = 0;
  for (let attempts = 1; ; attempts += 1) {
    try {
      return await attempt(signal);
    } catch (error) {
      if (!(error instanceof TransientFailure)) throw error;
      const wait = waitBefore(attempts, error, random);
      // Waits count by themselves, for clocks that do not move while we sleep.
      const spent = Math.max(waited, clock.now().getTime() - startedAt);
      const isOver = signal.aborted || spent + wait >= deadline;
      if (isOver || attempts >= error.attempts) throw error.failure;
      await sleep(wait);
      waited += wait;
    }
  }
}

function waitBefore(attempts: number, { retryAfter }: TransientFailure, random: () => number) {
  if (retryAfter > 0) return Math.ceil(retryAfter + random() * BACK_OFF.base);
  return Math.floor(random() * Math.min(BACK_OFF.cap, BACK_OFF.base * 2 ** (attempts - 1)));
}

/** Bytes that are not what they should be: tried again once, since a wire may damage them too. */
export function damaged(what: string, expected: string, actual: string): TransientFailure {
  return new TransientFailure(new DigestMismatchError(what, expected, actual), {
    attempts: DAMAGED_ATTEMPTS,
  });
}
