import type { Told } from '../core/alert/alert.ts';
import { createFleetOrigins, type FleetOrigins } from '../core/base/fleet-origins.ts';
import type { LineageRow } from '../core/lineage/lineage.ts';
import type { Run } from '../core/run/run.ts';
import { isToldToAll } from './deliver-alerts.ts';
import type { ObjectStore, StateStore } from './ports.ts';
import { RUN_FORMATS, readAllRows, readCurrentRun } from './read-run.ts';
import { readRunningFindings } from './running-findings.ts';
import { readObject } from './stored-objects.ts';
import { readOrigins } from './stored-origins.ts';

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
  /** What runs, and where it comes from, as of that night. */
  readonly running: readonly LineageRow[];
  readonly origins: FleetOrigins;
}

/** Reads how an installation stands; changes nothing. */
export async function readStatus(ports: StatusPorts): Promise<Status> {
  const night = (await readCurrentRun(ports)) ?? null;
  const heads = await ports.state.heads();
  const { objects } = ports;
  const rows = night ? await readAllRows(objects, night) : [];
  const findings = night ? await readRunningFindings(objects, night, rows) : [];
  return {
    night,
    heads: heads.length,
    pending: await readPending(ports),
    running: rows.filter(({ kind }) => kind === 'workload'),
    origins: createFleetOrigins(await readOrigins(objects, night ?? undefined), rows, findings),
  };
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
