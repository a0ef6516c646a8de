/** What went wrong in a run, each once. */
export interface Problems {
  add(problem: string): void;
  all(): readonly string[];
  /** What `run` gives; `undefined` as soon as there is a problem, if it is to stop at the first. */
  orStop<Value>(run: Promise<Value>): Promise<Value | undefined>;
}

export function gatherProblems(stopAtFirst: boolean): Problems {
  const found = new Set<string>();
  const stopped = Promise.withResolvers<undefined>();
  return {
    add(problem) {
      found.add(problem);
      if (stopAtFirst) stopped.resolve(undefined);
    },
    all: () => [...found],
    orStop(run) {
      // Whoever was stopped may still fail: nobody waits for him.
      run.catch(() => undefined);
      return Promise.race([run, stopped.promise]);
    },
  };
}
