import { type FaultError, InjectedError, injectedError } from './injected-error.ts';
import { currentProcess, stayAlive } from './process.ts';

/** Calls that are to fail. */
export interface Fault {
  /** `service:Operation`, or `service:*`. */
  readonly call: string;
  /** Such calls that pass first. @default 0 */
  readonly skip?: number;
  /** Such calls that then fail. */
  readonly times: number;
  readonly error: FaultError;
  /** One HTTP attempt, or every attempt of a call. @default 'one' */
  readonly attempts?: 'one' | 'all';
}

/** A call after which the process that made it is no more. */
export interface Crash {
  /** `service:Operation`, or `service:*`. */
  readonly after: string;
  /** Such calls, made inside processes, that pass first. @default 0 */
  readonly skip?: number;
}

/** What goes wrong in the embedded cloud, and which calls were made. */
export interface Faults {
  /** Struck after those that were added before and match too. */
  add(fault: Fault): void;
  /** Waits for the next such call of a process; calls outside of any process never crash. */
  addCrash(crash: Crash): void;
  /** Attempts of each call so far, in the order in which each call came first. */
  seen(): ReadonlyMap<string, number>;
  /** Faults and crashes that wait for their calls, as they were added. */
  left(): readonly (Fault | Crash)[];
  /** Asked once a call: the error with which every attempt of it fails, if any. */
  beginCall(call: string): FaultError | undefined;
  /** One attempt; `everyAttempt` is what `beginCall` said. In a crashed process it never returns. */
  attempt<Answer>(
    call: string,
    everyAttempt: FaultError | undefined,
    perform: () => Promise<Answer>,
  ): Promise<Answer>;
}

/** A cloud without faults, until some are added. */
export function createFaults(): Faults {
  const faults = { one: createPlans<Fault>(), all: createPlans<Fault>() };
  const crashes = createPlans<Crash>();
  const seen = new Map<string, number>();

  return {
    add(fault) {
      if (fault.call.startsWith('registry:')) {
        throw new Error(
          `a registry's faults are set at the registry: ${JSON.stringify(fault.call)}`,
        );
      }
      faults[fault.attempts ?? 'one'].add(fault, fault.call, fault.skip ?? 0, fault.times);
    },
    addCrash: (crash) => crashes.add(crash, crash.after, crash.skip ?? 0, 1),
    seen: () => seen,
    left: () => [...faults.one.left(), ...faults.all.left(), ...crashes.left()],
    beginCall: (call) => faults.all.strike(call)?.error,

    async attempt(call, everyAttempt, perform) {
      await stayAlive();
      seen.set(call, (seen.get(call) ?? 0) + 1);
      const error = everyAttempt ?? faults.one.strike(call)?.error;
      if (error !== undefined && error !== 'lost-response') throw injectedError(call, error);

      const [answer] = await Promise.allSettled([perform()]);
      // Another call of this process may have crashed it while this one was under way.
      await stayAlive();
      const process = currentProcess();
      if (process && crashes.strike(call)) {
        process.crash();
        await stayAlive();
      }
      if (error !== undefined) throw injectedError(call, error);
      if (answer.status === 'rejected') throw answer.reason;
      return answer.value;
    },
  };
}

/** What was added, each with the calls it still lets pass and those it still strikes. */
function createPlans<Added>() {
  const plans: { readonly added: Added; readonly pattern: string; skip: number; times: number }[] =
    [];
  return {
    add(added: Added, pattern: string, skip: number, times: number): void {
      plans.push({ added, pattern, skip, times });
    },
    left: (): Added[] => plans.filter(({ times }) => times > 0).map(({ added }) => added),
    /** The first plan that strikes this call; later ones have then not seen it. */
    strike(call: string): Added | undefined {
      for (const plan of plans) {
        if (plan.times === 0 || !matches(plan.pattern, call)) continue;
        if (plan.skip > 0) {
          plan.skip--;
        } else {
          plan.times--;
          return plan.added;
        }
      }
      return undefined;
    },
  };
}

function matches(pattern: string, call: string): boolean {
  return pattern.endsWith(':*') ? call.startsWith(pattern.slice(0, -1)) : call === pattern;
}

/** As many attempts as the SDK's standard mode makes. */
export const ATTEMPTS = 3;

/** A call that does not go through an SDK client, with the attempts that the SDK would make. */
export async function callWithRetries<Answer>(
  faults: Faults,
  call: string,
  perform: () => Promise<Answer>,
): Promise<Answer> {
  const everyAttempt = faults.beginCall(call);
  for (let attempt = 1; ; attempt++) {
    try {
      return await faults.attempt(call, everyAttempt, perform);
    } catch (error) {
      if (attempt === ATTEMPTS || !(error instanceof InjectedError && error.isTransient))
        throw error;
    }
  }
}
