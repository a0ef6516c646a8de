import { findDrifts } from '../core/drift/find-drifts.ts';
import { runKeys } from '../core/run/run.ts';
import { makeOnce, readNight } from './night-objects.ts';
import type { Worker } from './night-steps.ts';
import { type RecordPorts, recordTag } from './record-tag.ts';

/** Writes down each move of the watched tags, and says which drifts their series hold. */
export function recordObservations(ports: RecordPorts): Worker<'record-observations'> {
  return async ({ runId, moves }) => {
    const key = runKeys.work(runId, 'drifts');
    await makeOnce(ports.objects, 'drifts', key, async () => {
      const drifts = [];
      for (const tag of await readNight(ports.objects, 'moves', moves)) {
        drifts.push(...findDrifts(await recordTag(ports, tag, runId)));
      }
      return drifts;
    });
    return { drifts: key };
  };
}
