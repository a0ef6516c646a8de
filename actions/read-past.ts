import type { Alert } from '../core/alert/alert.ts';
import { episodeId } from '../core/change/matter.ts';
import type { LineageRow } from '../core/lineage/lineage.ts';
import type { Run } from '../core/run/run.ts';
import type { StoredHead } from './ports.ts';
import { isAhead, type RunPorts, readAllRows, readCurrentRun, readHeadState } from './read-run.ts';

/** Where the lineages were before tonight. */
export interface Past {
  readonly run: Run | undefined;
  /** As the last night left them. */
  readonly runRows: readonly LineageRow[];
  /** By lineage: the last night's rows, or a head's where a push came after that night. */
  readonly rows: ReadonlyMap<string, LineageRow>;
  /** Open threads, those that pushes opened since the night included. */
  readonly threads: Run['threads'];
  /** What pushes told since the last night. */
  readonly told: readonly Alert[];
  /** Every head, by channel. */
  readonly heads: ReadonlyMap<string, StoredHead>;
}

/** Reads what is known of every lineage now. */
export async function readPast({ state, objects }: RunPorts): Promise<Past> {
  const run = await readCurrentRun({ state, objects });
  const runRows = run ? await readAllRows(objects, run) : [];
  const rows = new Map(runRows.map((row) => [row.lineage, row]));
  const threads = new Map((run?.threads ?? []).map((thread) => [thread.threadId, thread]));
  const told: Alert[] = [];
  const heads = await state.heads();
  for (const head of heads.filter((each) => isAhead(each, run))) {
    const past = await readHeadState(objects, head);
    // The push is the channel now: a platform that it dropped is gone.
    for (const row of runRows.filter(isOf(head))) rows.delete(row.lineage);
    for (const row of past.rows) rows.set(row.lineage, row);
    told.push(...past.told);
    for (const thread of currentThreads(past.threads, run)) threads.set(thread.threadId, thread);
  }
  return {
    run,
    runRows,
    rows,
    threads: [...threads.values()],
    told,
    heads: new Map(heads.map((head) => [head.channel, head])),
  };
}

function isOf({ channel }: StoredHead): (row: LineageRow) => boolean {
  return (row) => row.kind === 'repository' && row.channel === channel;
}

/** A head's threads but those that a night has ended since: the same matter would open another episode. */
export function currentThreads(threads: Run['threads'], run: Run | undefined): Run['threads'] {
  const ended = run?.ended ?? {};
  return threads.filter(({ threadId, matter }) => threadId === episodeId(matter, ended));
}
