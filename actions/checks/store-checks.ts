import { passed } from '../../core/diagnosis/check-line.ts';
import type { ObjectStore, RunPointer, StateStore } from '../ports.ts';
import type { SelfCheck } from '../self-check.ts';
import { DEPLOY_AGAIN } from './deploy-again.ts';

// What a port can be asked without changing anything that counts: each call is one that the
// function's own work makes too, so that a right which is missing shows.

/** Below these keys nothing of a night lies. */
const TRIAL = 'self-check';

const TABLE = 'state table';

/** Nobody writes it: that a key is missing, S3 says only to who may list (`s3:ListBucket`). */
const MISSING = 'self-check-missing';

/** Reads an object that is not there, and writes where the function may one that says nothing. */
export function checkObjects(
  objects: ObjectStore,
  { read, write }: { readonly read: string | null; readonly write: string | null },
): SelfCheck {
  return {
    subject: 'object store',
    remedy: DEPLOY_AGAIN,
    async attempt() {
      if (read !== null) await objects.get(`${read}/${MISSING}`);
      if (write !== null) await objects.put(`${write}/${TRIAL}`, new TextEncoder().encode('{}'));
      const done = [read !== null ? 'read' : [], write !== null ? 'written' : []].flat();
      return [passed('object store', done.join(' and '))];
    },
  };
}

/** Where the steps of nights hand on what they made. */
export const WORK = { read: 'runs/self-check/work', write: 'runs/self-check/work' };

/** Reads the pointer to the last night. */
export function checkPointer(state: Pick<StateStore, 'runPointer'>): SelfCheck {
  return {
    subject: TABLE,
    remedy: DEPLOY_AGAIN,
    attempt: async () => [passed(TABLE, nightText(await state.runPointer()))],
  };
}

/** Reads a series that is not there. */
export function checkSeries(state: Pick<StateStore, 'observations'>): SelfCheck {
  return {
    subject: TABLE,
    remedy: DEPLOY_AGAIN,
    async attempt() {
      await state.observations(TRIAL);
      return [passed(TABLE, 'answers')];
    },
  };
}

/** A revision that no night reaches: the write is refused by its condition, after the right was checked. */
const NEVER = Number.MAX_SAFE_INTEGER;

/** Reads the table, and tries a write whose condition never holds. */
export function checkState(state: Pick<StateStore, 'runPointer' | 'commitRunPointer'>): SelfCheck {
  return {
    subject: TABLE,
    remedy: DEPLOY_AGAIN,
    async attempt() {
      const pointer = await state.runPointer();
      const refused = { revision: NEVER, runId: TRIAL, run: TRIAL, pending: [] };
      if (await state.commitRunPointer(refused)) {
        throw new Error('a write went through whose condition cannot hold');
      }
      return [passed(TABLE, `${nightText(pointer)}; may be written`)];
    },
  };
}

function nightText(pointer: RunPointer | undefined): string {
  return pointer ? `last night ${pointer.runId}` : 'no night yet';
}
