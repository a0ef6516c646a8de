import type { Alert } from '../core/alert/alert.ts';
import type { LineageRow } from '../core/lineage/lineage.ts';
import { type ReportFinding, renderReport } from '../core/report/render-report.ts';
import { type Run, runKeys } from '../core/run/run.ts';
import type { Worker } from './night-steps.ts';
import type { WatchList } from './observe-tags.ts';
import type { ObjectStore, StateStore } from './ports.ts';
import { RUN_FORMATS, type RunFindings, readAllRows } from './read-run.ts';
import { readObject } from './stored-objects.ts';

export interface ReportPorts {
  readonly state: StateStore;
  readonly objects: ObjectStore;
  readonly watchList: WatchList;
}

/** Writes the night's page. */
export function writeReport(ports: ReportPorts): Worker<'write-report'> {
  return async ({ runId, run: key }) => {
    const { objects, state, watchList } = ports;
    const run = await readObject<Run>(objects, RUN_FORMATS.run, key);
    const rows = await readAllRows(objects, run);
    const observations = [];
    for (const image of [...(await watchList.images())].sort()) {
      observations.push(...(await state.observations(image)));
    }
    const page = renderReport({
      run,
      rows,
      findings: await runningFindings(objects, run, rows),
      alerts: await readObject<readonly Alert[]>(
        objects,
        RUN_FORMATS.alerts,
        runKeys.alerts(runId),
      ),
      observations,
    });
    const report = runKeys.report(runId);
    await objects.put(report, new TextEncoder().encode(page));
    return { report };
  };
}

/** Findings of what runs: each once, with the workloads that have it. */
async function runningFindings(
  objects: ObjectStore,
  run: Run,
  rows: readonly LineageRow[],
): Promise<ReportFinding[]> {
  const matched = await readObject<RunFindings>(objects, RUN_FORMATS.findings, run.findings);
  const held = new Set(run.feeds.filter(({ state }) => state === 'held').map(({ name }) => name));
  const found = new Map<number, { workloads: string[]; isStale: boolean }>();
  for (const row of rows.filter(({ kind }) => kind === 'workload')) {
    for (const index of matched.byDigest[row.digest] ?? []) {
      const entry = found.get(index) ?? { workloads: [], isStale: false };
      found.set(index, entry);
      entry.workloads.push(row.lineage);
      entry.isStale ||= row.stale !== null;
    }
  }
  return [...found].flatMap(([index, { workloads, isStale }]) => {
    const finding = matched.findings[index];
    if (!finding) return [];
    const { id, package: purl, severity, fixedIn, feeds } = finding;
    const state = isStale || feeds.every((feed) => held.has(feed)) ? 'stale' : 'open';
    return [{ id, package: purl, severity, fixedIn, state, workloads }];
  });
}
