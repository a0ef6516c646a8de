import { worst } from '../core/advisory/severity.ts';
import { createSuppressor } from '../core/suppress/create-suppressor.ts';
import { suppressibleOf } from '../core/suppress/suppressible.ts';
import type { SuppressionSet } from '../core/suppress/suppression.ts';
import { type RunPorts, readAllRows, readCurrentRun } from './read-run.ts';
import { type RunningFinding, readRunningFindings } from './running-findings.ts';

/** What a set would silence of the last night's open findings. */
export interface Preview {
  readonly runId: string;
  /** Each with the workloads in which nobody would hear of it. */
  readonly silenced: readonly RunningFinding[];
}

/** Asks as of `at` (RFC 3339), which may be long after that night; `undefined` before the first. @throws ObjectMissingError */
export async function previewSuppressions(
  ports: RunPorts,
  set: SuppressionSet,
  at: string,
): Promise<Preview | undefined> {
  const run = await readCurrentRun(ports);
  if (!run) return undefined;
  const rows = await readAllRows(ports.objects, run);
  const places = new Map(rows.map((row) => [row.lineage, row]));
  const suppressor = createSuppressor(set, at);
  const open = await readRunningFindings(ports.objects, run, rows);
  const silenced = open.flatMap((each): RunningFinding[] => {
    if (each.suppressed) return [];
    const { finding } = each;
    const subject = suppressibleOf(finding);
    const workloads = each.workloads.filter((lineage) => {
      const place = places.get(lineage);
      return place !== undefined && suppressor.judge(subject, place) !== undefined;
    });
    return workloads.length > 0 ? [{ ...each, workloads }] : [];
  });
  return { runId: run.runId, silenced };
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
