/** Lets a bounded number of tasks run at once. */
interface Semaphore {
  /** Runs a task when there is room; first come, first served. */
  run<Result>(task: () => Promise<Result>): Promise<Result>;
}

/** A semaphore with room for `limit` tasks, at least 1. */
export function createSemaphore(limit: number): Semaphore {
  const waiting: (() => void)[] = [];
  let free = Math.max(1, Math.floor(limit));

  async function enter(): Promise<void> {
    if (free > 0) {
      free -= 1;
      return;
    }
    await new Promise<void>((resolve) => waiting.push(resolve));
  }

  function leave(): void {
    const next = waiting.shift();
    if (next) next();
    else free += 1;
  }

  return {
    async run(task) {
      await enter();
      try {
        return await task();
      } finally {
        leave();
      }
    },
  };
}
