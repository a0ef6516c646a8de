import type { Alert } from '../core/alert/alert.ts';
import type { Run } from '../core/run/run.ts';
import type { ObjectStore, StateStore } from './ports.ts';
import { RUN_FORMATS, readCurrentRun } from './read-run.ts';
import { readObject } from './stored-objects.ts';

export interface StatusPorts {
  readonly state: Pick<StateStore, 'heads' | 'pendingHeads' | 'runPointer' | 'isDelivered'>;
  readonly objects: ObjectStore;
}

/** How an installation stands. */
export interface Status {
  /** The last night that was committed; `null` before the first. */
  readonly night: Run | null;
  /** Alerts that are true and that nobody has taken yet. */
  readonly pending: readonly Pick<Alert, 'alertId' | 'kind' | 'severity' | 'title'>[];
  /** Repositories whose pushes were assessed. */
  readonly heads: number;
}

/** Reads how an installation stands; changes nothing. */
export async function readStatus(ports: StatusPorts): Promise<Status> {
  const night = (await readCurrentRun({ ...ports, state: ports.state as StateStore })) ?? null;
  const heads = await ports.state.heads();
  return { night, heads: heads.length, pending: await readPending(ports) };
}

async function readPending({ state, objects }: StatusPorts): Promise<Status['pending']> {
  const heads = await state.pendingHeads();
  const alerts = heads.flatMap(({ pending }) => pending);
  for (const key of (await state.runPointer())?.pending ?? []) {
    alerts.push(...(await readObject<readonly Alert[]>(objects, RUN_FORMATS.alerts, key)));
  }
  const byId = new Map(alerts.map((alert) => [alert.alertId, alert]));
  const pending: Alert[] = [];
  for (const alert of byId.values()) {
    if (!(await state.isDelivered(alert.alertId))) pending.push(alert);
  }
  return pending;
}
