import type { RunToCommit, Worker } from './night-steps.ts';
import type { Log, StateStore } from './ports.ts';

export interface CommitPorts {
  readonly state: StateStore;
  readonly log: Log;
}

/** The pointer kept changing: a sweep settles it in moments; the step is tried again. */
export class PointerContendedError extends Error {
  override readonly name = 'PointerContendedError';
}

const ATTEMPTS = 5;

/** Commits a night by moving the one pointer; its alerts are pending in that very write. */
export function commitRun(ports: CommitPorts): Worker<'commit-run'> {
  return async ({ runId, ...written }) => {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const committed = await tryCommit(ports, runId, written);
      if (committed !== undefined) return { committed };
    }
    throw new PointerContendedError(`could not commit ${JSON.stringify(runId)}`);
  };
}

/** `undefined` when somebody wrote the pointer between our reading and our writing. */
async function tryCommit(
  { state, log }: CommitPorts,
  runId: string,
  { run, base, pending }: RunToCommit,
): Promise<boolean | undefined> {
  const pointer = await state.runPointer();
  if (pointer?.runId === runId) return true;
  if ((pointer?.runId ?? null) !== base) {
    // Compared with a past that is no longer the last: committed, it would undo what the other found.
    log.warn('another night was committed meanwhile', { runId, base, current: pointer?.runId });
    return false;
  }
  const moved = await state.commitRunPointer({
    revision: (pointer?.revision ?? 0) + 1,
    runId,
    run,
    pending: [...(pointer?.pending ?? []), ...pending],
  });
  return moved || undefined;
}
