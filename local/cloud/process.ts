import { AsyncLocalStorage } from 'node:async_hooks';

/** How a process ended. */
export type ProcessOutcome<Value> =
  | { readonly kind: 'done'; readonly value: Value }
  | { readonly kind: 'failed'; readonly error: unknown }
  | { readonly kind: 'crashed' };

/** The inside of a process, as its calls see it. */
interface Process {
  isDead(): boolean;
  /** Ends it at once; whatever it waits for then never comes. */
  crash(): void;
}

const processes = new AsyncLocalStorage<Process>();

/**
 * Runs a handler as one process of its own, as Lambda would: when it crashes inside, no catch
 * and no finally of it runs on, and the outcome is there at once. Never rejects.
 */
export function runProcess<Value>(
  run: () => Value | Promise<Value>,
): Promise<ProcessOutcome<Value>> {
  const { promise, resolve } = Promise.withResolvers<ProcessOutcome<Value>>();
  let dead = false;
  const process: Process = {
    isDead: () => dead,
    crash() {
      dead = true;
      resolve({ kind: 'crashed' });
    },
  };
  processes
    .run(process, async () => run())
    .then(
      (value) => resolve({ kind: 'done', value }),
      (error: unknown) => resolve({ kind: 'failed', error }),
    );
  return promise;
}

/** The process that the caller runs in, if it runs in one. */
export function currentProcess(): Process | undefined {
  return processes.getStore();
}

/** Goes on while the process lives; in a dead one it never returns. */
export async function stayAlive(): Promise<void> {
  if (currentProcess()?.isDead()) await new Promise<never>(() => {});
}
