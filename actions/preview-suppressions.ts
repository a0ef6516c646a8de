import { worst } from '../core/advisory/severity.ts';
import type { LineageRow } from '../core/lineage/lineage.ts';
import type { Run } from '../core/run/run.ts';
import {
  createSuppressor,
  NO_SUPPRESSIONS,
  type Suppressor,
} from '../core/suppress/create-suppressor.ts';
import { suppressibleOf } from '../core/suppress/suppressible.ts';
import type { AppliedSuppression, Suppression } from '../core/suppress/suppression.ts';
import type { ObjectStore } from './ports.ts';
import { type RunPorts, readAllRows, readCurrentRun } from './read-run.ts';
import { type RunningFinding, readRunningFindings } from './running-findings.ts';
import { readSuppressions } from './stored-suppressions.ts';
import { readCarriedVex } from './stored-vex.ts';

/** What an entry would silence of the last night's findings. */
export interface Preview {
  readonly runId: string;
  /** Each with the workloads in which nobody would hear of it any more. */
  readonly silenced: readonly RunningFinding[];
  /** Those of which nobody hears without it: by the last night, or by what is attached to their image since. */
  readonly already: readonly SilencedAlready[];
  /** Of an entry that holds until a fix: those for which one is known, so that it silences nothing of them. */
  readonly fixed: readonly RunningFinding[];
}

/** What something else silences. */
export interface SilencedAlready extends RunningFinding {
  readonly suppressed: AppliedSuppression;
}

/** Asks as of `at` (RFC 3339), which may be long after that night; `undefined` before the first. @throws ObjectMissingError */
export async function previewSuppression(
  ports: RunPorts,
  entry: Suppression,
  at: string,
): Promise<Preview | undefined> {
  const run = await readCurrentRun(ports);
  if (!run) return undefined;
  const { objects } = ports;
  const rows = await readAllRows(objects, run);
  const judges = {
    byEntry: createSuppressor({ version: '', entries: [entry] }, at),
    byAttached: await readAttached(objects, run, rows, at),
  };
  const running = await readRunningFindings(objects, run, rows);
  const silenced: RunningFinding[] = [];
  const already: SilencedAlready[] = [];
  for (const each of running) {
    for (const { by, workloads } of groupBySilence(each, judges, rows)) {
      if (by) already.push({ ...each, workloads, suppressed: by });
      else silenced.push({ ...each, workloads });
    }
  }
  return { runId: run.runId, silenced, already, fixed: fixedAmong(running, entry, rows, at) };
}

/** What the images that run carry by now, as the next night will judge by it. */
async function readAttached(
  objects: ObjectStore,
  run: Run,
  rows: readonly LineageRow[],
  at: string,
): Promise<Suppressor> {
  const set = await readSuppressions(objects, run);
  if (!set?.trustAttachedFrom) return NO_SUPPRESSIONS;
  const carried = await readCarriedVex(objects, rows);
  const statements = carried.flatMap(({ vex }) => vex.statements);
  return createSuppressor({ ...set, entries: [], statements: [], attached: [] }, at, statements);
}

/** The workloads of a finding that an entry is about, by what silences it there already. */
function groupBySilence(
  { finding, workloads, suppressed }: RunningFinding,
  { byEntry, byAttached }: { readonly byEntry: Suppressor; readonly byAttached: Suppressor },
  rows: readonly LineageRow[],
): { readonly by: AppliedSuppression | undefined; readonly workloads: readonly string[] }[] {
  const subject = suppressibleOf(finding);
  const concerned = placesAmong(workloads, rows).filter((row) => byEntry.judge(subject, row));
  const decided = concerned.map((row) => ({
    by: suppressed ?? byAttached.judge(subject, row),
    lineage: row.lineage,
  }));
  return [...Map.groupBy(decided, ({ by }) => by?.entry).values()].map((group) => ({
    by: group[0]?.by,
    workloads: group.map(({ lineage }) => lineage),
  }));
}

function fixedAmong(
  running: readonly RunningFinding[],
  entry: Suppression,
  rows: readonly LineageRow[],
  at: string,
): RunningFinding[] {
  if (!entry.end.fix) return [];
  const endless = createSuppressor({ version: '', entries: [{ ...entry, end: {} }] }, at);
  return running.flatMap((each) => {
    if (each.suppressed || each.finding.fixedIn === null) return [];
    const subject = suppressibleOf(each.finding);
    const places = placesAmong(each.workloads, rows).filter((row) => endless.judge(subject, row));
    const workloads = places.map(({ lineage }) => lineage);
    return workloads.length > 0 ? [{ ...each, workloads }] : [];
  });
}

function placesAmong(workloads: readonly string[], rows: readonly LineageRow[]): LineageRow[] {
  const wanted = new Set(workloads);
  return rows.filter(({ lineage }) => wanted.has(lineage));
}

/** How a vulnerability is rated by the last night, at its worst; `undefined` where it found none. */
export async function ratingOf(
  ports: RunPorts,
  vulnerability: string,
): Promise<Pick<RunningFinding['finding'], 'severity' | 'exploited'> | undefined> {
  const run = await readCurrentRun(ports);
  if (!run) return undefined;
  const running = await readRunningFindings(
    ports.objects,
    run,
    await readAllRows(ports.objects, run),
  );
  const found = running
    .map(({ finding }) => finding)
    .filter(({ id, aliases }) => [id, ...aliases].includes(vulnerability));
  const [first, ...others] = found;
  if (!first) return undefined;
  return others.reduce((a, b) => (worst(a.severity, b.severity) === a.severity ? a : b), first);
}
