import type { Told } from '../core/alert/alert.ts';
import type { Run } from '../core/run/run.ts';
import { isToldToAll } from './deliver-alerts.ts';
import type { ObjectStore, StateStore } from './ports.ts';
import { RUN_FORMATS, readCurrentRun } from './read-run.ts';
import { readObject } from './stored-objects.ts';

export interface StatusPorts {
  readonly state: StateStore;
  readonly objects: ObjectStore;
}

/** How an installation stands. */
export interface Status {
  /** The last night that was committed; `null` before the first. */
  readonly night: Run | null;
  /** What is true and not yet taken by all who are to hear of it. */
  readonly pending: readonly Told[];
  /** Channels whose pushes were assessed. */
  readonly heads: number;
}

/** Reads how an installation stands; changes nothing. */
export async function readStatus(ports: StatusPorts): Promise<Status> {
  const night = (await readCurrentRun(ports)) ?? null;
  const heads = await ports.state.heads();
  return { night, heads: heads.length, pending: await readPending(ports) };
}

async function readPending({ state, objects }: StatusPorts): Promise<Told[]> {
  const heads = await state.pendingHeads();
  const all: Told[] = heads.flatMap(({ pending }) => pending);
  for (const key of (await state.runPointer())?.pending ?? []) {
    all.push(...(await readObject<readonly Told[]>(objects, RUN_FORMATS.alerts, key)));
  }
  const pending: Told[] = [];
  for (const told of new Map(all.map((each) => [each.alertId, each])).values()) {
    if (!(await isToldToAll(state, told.alertId))) pending.push(told);
  }
  return pending;
}
