import { highestLikelihood } from '../core/advisory/likelihood.ts';
import type { Alert } from '../core/alert/alert.ts';
import { type Borne, isBorne } from '../core/base/borne.ts';
import { createFleetOrigins, type FleetOrigins } from '../core/base/fleet-origins.ts';
import type { Standing } from '../core/base/standing.ts';
import { itemKeyOf } from '../core/change/items.ts';
import { withoutReadLater } from '../core/drift/observation.ts';
import { noticeOf } from '../core/feed/terms.ts';
import { detailIds } from '../core/match/apply-details.ts';
import type { Finding } from '../core/match/finding.ts';
import { renderReport } from '../core/report/render-report.ts';
import type { ReportFinding } from '../core/report/report-data.ts';
import { type Run, runKeys } from '../core/run/run.ts';
import { readNight } from './night-objects.ts';
import type { Worker } from './night-steps.ts';
import type { WatchList } from './observe-tags.ts';
import type { ObjectStore, StateStore } from './ports.ts';
import { readLikelihoods } from './read-details.ts';
import { RUN_FORMATS, readAllRows } from './read-run.ts';
import { ranOrRuns } from './remember-deployments.ts';
import { type RunningFinding, readRunningFindings } from './running-findings.ts';
import { readObject } from './stored-objects.ts';
import { readOrigins } from './stored-origins.ts';
import { readSuppressions } from './stored-suppressions.ts';

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
    const scopes = await readNight(objects, 'deployments', runKeys.work(runId, 'deployments'));
    const observations = [];
    for (const image of [...(await watchList.images())].sort()) {
      observations.push(...withoutReadLater(await state.observations(image)));
    }
    const running = await readRunningFindings(objects, run, rows);
    const origins = createFleetOrigins(await readOrigins(objects, run), rows, running);
    const page = renderReport({
      run,
      rows,
      seen: new Map(scopes.flatMap(ranOrRuns).map(({ lineage, seen }) => [lineage, seen])),
      findings: await reportFindings(objects, run, running, origins),
      suppressions: await readSuppressions(objects, run),
      told: await readAlerts(objects, run.told),
      alerts: await readAlerts(objects, run.alerts),
      observations,
      origins,
    });
    const report = runKeys.report(runId);
    await objects.put(report, new TextEncoder().encode(page));
    const notice = noticeOf(run.feeds);
    if (notice !== '') await objects.put(runKeys.notice(runId), new TextEncoder().encode(notice));
    return { report };
  };
}

function readAlerts(objects: ObjectStore, key: string): Promise<readonly Alert[]> {
  return readObject<readonly Alert[]>(objects, RUN_FORMATS.alerts, key);
}

/** Each finding once, with all workloads that have it; apart from it, those that do not hear of it. */
async function reportFindings(
  objects: ObjectStore,
  { feeds }: Run,
  running: readonly RunningFinding[],
  { standingOf }: FleetOrigins,
): Promise<ReportFinding[]> {
  const ids = running.flatMap(({ finding }) => detailIds(finding));
  const likelihoodOf = await readLikelihoods(objects, feeds, ids);
  const found = new Map<string, ReportFinding>();
  for (const { digest, finding, state, suppressed, workloads } of running) {
    const { id, package: purl, severity, fixedIn, status, about, ratedBy, exploited } = finding;
    const key = `${purl} ${id} ${suppressed?.entry ?? ''}`;
    const known = found.get(key);
    const borne = borneBy(standingOf(digest), finding, workloads);
    found.set(key, {
      id,
      package: purl,
      severity,
      fixedIn,
      status,
      about,
      ratedBy,
      exploited,
      likelihood: highestLikelihood(detailIds(finding), likelihoodOf),
      state: known?.state === 'open' ? 'open' : state,
      ...(suppressed && { suppressed }),
      workloads: [...(known?.workloads ?? []), ...workloads].sort(),
      borne: [...(known?.borne ?? []), ...borne],
    });
  }
  return [...found.values()];
}

/** The workloads to which a finding comes with the base of their image. */
function borneBy(
  standing: Standing | undefined,
  finding: Finding,
  workloads: readonly string[],
): Borne[] {
  if (!standing || !isBorne(standing, finding)) return [];
  return workloads.map((lineage) => ({ lineage, key: itemKeyOf(finding), standing }));
}
