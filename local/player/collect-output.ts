import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ObjectStore, StateStore } from '../../actions/ports.ts';
import { readAllRows } from '../../actions/read-run.ts';
import { type RunningFinding, readRunningFindings } from '../../actions/running-findings.ts';
import type { Alert } from '../../core/alert/alert.ts';
import { type Observation, withoutReadLater } from '../../core/drift/observation.ts';
import { type Run, runKeys } from '../../core/run/run.ts';

/** What a play leaves besides its state. */
export interface WorldOutput {
  readonly alerts: readonly (Alert & { readonly at: string })[];
  readonly runs: readonly RunLine[];
  readonly findings: readonly FindingLine[];
  readonly observations: readonly ObservationLine[];
  /** Pages by run, oldest first. */
  readonly reports: readonly { readonly runId: string; readonly page: Uint8Array }[];
}

/** A night's line in `runs.ndjson`. */
export interface RunLine {
  readonly runId: string;
  readonly at: string;
  readonly status: Run['status'];
  readonly expected: number;
  readonly scanned: number;
  readonly failed: readonly string[];
  readonly feeds: readonly object[];
  readonly changes: Run['changes'];
}

/** A line of `findings.ndjson`. */
export interface FindingLine {
  readonly runId: string;
  readonly digest: string;
  readonly platform: string;
  readonly package: string;
  readonly version: string;
  readonly id: string;
  readonly aliases: readonly string[];
  readonly severity: string;
  readonly fixedIn: string | null;
  readonly state: 'open' | 'stale' | 'suppressed';
}

/** A line of `observations.ndjson`. */
export type ObservationLine = Omit<Observation, 'libc' | 'runtimes'>;

/** The line of a committed night. */
export function runLine(run: Run): RunLine {
  const { runId, at, status, expected, scanned, failed, feeds, changes } = run;
  return {
    runId,
    at,
    status,
    expected,
    scanned,
    failed: failed.map(({ digest }) => digest),
    feeds: feeds.map(({ name, snapshot, records, state }) => ({ name, snapshot, records, state })),
    changes,
  };
}

/** The line of a night that was never committed. */
export function failedRunLine(runId: string): RunLine {
  const nothing = { expected: 0, scanned: 0, failed: [], feeds: [], changes: {} };
  return { runId, at: runId, status: 'failed' as const, ...nothing };
}

/** A night's lines in `findings.ndjson`: every finding of every platform digest that runs. */
export async function findingLines(objects: ObjectStore, run: Run): Promise<FindingLine[]> {
  const rows = await readAllRows(objects, run);
  const running = await readRunningFindings(objects, run, rows);
  // What one workload hears of is open, whoever else does not.
  const lines = new Map<string, RunningFinding>();
  for (const each of running) {
    const key = `${each.digest} ${each.finding.package} ${each.finding.id}`;
    if (lines.get(key)?.suppressed ?? !lines.has(key)) lines.set(key, each);
  }
  return [...lines.values()].map(({ digest, platform, finding, state }) => {
    const { id, aliases, package: purl, version, severity, fixedIn } = finding;
    const common = { runId: run.runId, digest, platform, package: purl, version };
    return { ...common, id, aliases, severity, fixedIn, state };
  });
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

/** All that was observed, by image, platform and time. */
export async function observationLines(
  state: StateStore,
  images: readonly string[],
): Promise<ObservationLine[]> {
  const lines: Observation[] = [];
  for (const image of [...images].sort()) {
    const observations = withoutReadLater(await state.observations(image));
    lines.push(
      ...observations.toSorted((a, b) => compare(a.platform, b.platform) || compare(a.at, b.at)),
    );
  }
  return lines.map(
    ({ image, at, seenAt, digest, platform, platformDigest, python, packagesChanged }) => ({
      image,
      at,
      seenAt,
      digest,
      platform,
      platformDigest,
      python,
      packagesChanged,
    }),
  );
}

/** A night's page; `undefined` when it was not written. */
export function findReport(objects: ObjectStore, runId: string): Promise<Uint8Array | undefined> {
  return objects.get(runKeys.report(runId));
}

/** Writes everything into the folder. */
export async function writeOutput(folder: string, output: WorldOutput): Promise<void> {
  const { alerts, runs, findings, observations, reports } = output;
  for (const [name, lines] of Object.entries({ alerts, runs, findings, observations })) {
    await writeFile(
      join(folder, `${name}.ndjson`),
      lines.map((line) => `${JSON.stringify(line)}\n`).join(''),
    );
  }
  await mkdir(join(folder, 'reports'), { recursive: true });
  for (const { runId, page } of reports) {
    // Colons are no part of a file's name everywhere.
    await writeFile(join(folder, 'reports', `${runId.replaceAll(':', '')}.html`), page);
  }
  const last = reports.at(-1);
  if (last) await writeFile(join(folder, 'report.html'), last.page);
}
