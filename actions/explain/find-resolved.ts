import type { Alert } from '../../core/alert/alert.ts';
import type { Run } from '../../core/run/run.ts';
import { runKeys } from '../../core/run/run.ts';
import type { ObjectStore } from '../ports.ts';
import { RUN_FORMATS } from '../read-run.ts';
import { findObject } from '../stored-objects.ts';

/** Nights whose alerts are looked through. */
const NIGHTS_BACK = 60;

/** That something was told of a vulnerability, and is over. */
export interface Resolved {
  /** The night that told its end. */
  readonly night: string;
  readonly threadId: string;
  readonly title: string;
}

/** The last word of the nights that a matter with this vulnerability is over; `null` where none of those that are kept said so. */
export async function findResolved(
  objects: ObjectStore,
  last: Run,
  id: string,
): Promise<Resolved | null> {
  let run: Run | undefined = last;
  for (let night = 0; run && night < NIGHTS_BACK; night++) {
    const alerts = await findObject<readonly Alert[]>(objects, RUN_FORMATS.alerts, run.alerts);
    const found = alerts?.find((each) => each.kind === 'resolved' && isAbout(each, id));
    if (found) return { night: run.runId, threadId: found.threadId, title: found.title };
    run = run.base === null ? undefined : await findRun(objects, run.base);
  }
  return null;
}

/** `undefined` for a night that is not kept any more. */
export function findRun(objects: ObjectStore, runId: string): Promise<Run | undefined> {
  return findObject<Run>(objects, RUN_FORMATS.run, runKeys.run(runId));
}

/** Words end where ids do: `CVE-2026-1` is not `CVE-2026-12`. */
function isAbout({ subject, message }: Alert, id: string): boolean {
  return subject === id || message.split(/[^\w.:-]+/).includes(id);
}
