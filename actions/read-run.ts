import type { UnitFindings } from '../core/fleet/unit-findings.ts';
import type { Head, HeadState, LineageRow } from '../core/lineage/lineage.ts';
import { type Run, shardOf } from '../core/run/run.ts';
import type { ObjectStore, RunPointer, StateStore } from './ports.ts';
import { readObject } from './stored-objects.ts';

/** Formats of a run's objects. */
export const RUN_FORMATS = {
  run: 'run/1',
  rows: 'rows/1',
  alerts: 'alerts/1',
  findings: 'findings/2',
  headState: 'head-state/1',
};

/** Findings of a run: those of each unit once, however many digests hold it. */
export interface RunFindings {
  /** Key of the fleet index that `units` goes by. */
  readonly index: string;
  /** By unit; `null` when there was nothing to match with. */
  readonly units: UnitFindings | null;
}

export interface RunPorts {
  readonly state: StateStore;
  readonly objects: ObjectStore;
}

/** The night that counts; `undefined` before the first. */
export async function readCurrentRun(ports: RunPorts): Promise<Run | undefined> {
  const pointer: RunPointer | undefined = await ports.state.runPointer();
  return pointer && readObject<Run>(ports.objects, RUN_FORMATS.run, pointer.run);
}

/** Every row of a run. */
export async function readAllRows(objects: ObjectStore, run: Run): Promise<readonly LineageRow[]> {
  const rows: LineageRow[] = [];
  for (const key of run.rows) rows.push(...(await readRows(objects, key)));
  return rows;
}

/** The rows that a run holds of one channel. */
export async function readChannelRows(
  objects: ObjectStore,
  run: Run,
  channel: string,
): Promise<readonly LineageRow[]> {
  const key = run.rows[shardOf(`${channel}|`, run.rows.length)];
  const rows = key === undefined ? [] : await readRows(objects, key);
  return rows.filter((row) => row.kind === 'repository' && row.channel === channel);
}

function readRows(objects: ObjectStore, key: string): Promise<LineageRow[]> {
  return readObject<LineageRow[]>(objects, RUN_FORMATS.rows, key);
}

/** The rows and threads that a head's last push left. */
export function readHeadState(objects: ObjectStore, head: Head): Promise<HeadState> {
  return readObject<HeadState>(objects, RUN_FORMATS.headState, head.state);
}

/** Whether a head was written after the run looked: then the head is its channel's state, not the run's rows. */
export function isAhead(head: Head, run: Run | undefined): boolean {
  return !run || head.version !== (run.heads[head.channel] ?? 0);
}
