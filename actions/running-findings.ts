import { placesOf } from '../core/fleet/fleet-index.ts';
import { findingsOfImage } from '../core/fleet/unit-findings.ts';
import type { Digest } from '../core/image/digest.ts';
import type { LineageRow } from '../core/lineage/lineage.ts';
import type { Finding } from '../core/match/finding.ts';
import type { Run } from '../core/run/run.ts';
import type { AppliedSuppression } from '../core/suppress/suppression.ts';
import { readSegment } from './fleet-segments.ts';
import type { ObjectStore } from './ports.ts';
import { RUN_FORMATS, type RunFindings } from './read-run.ts';
import { readObject } from './stored-objects.ts';

/** A finding of a platform digest that something runs. */
export interface RunningFinding {
  readonly digest: Digest;
  readonly platform: string;
  readonly finding: Finding;
  /** `stale`: its feeds were held, or nobody saw whether the digest still runs; `suppressed`: somebody has decided so. */
  readonly state: 'open' | 'stale' | 'suppressed';
  /** By whose word it is suppressed. */
  readonly suppressed?: AppliedSuppression;
  /** Lineages of the workloads that run the digest and of which this holds: some may not hear of what others do. */
  readonly workloads: readonly string[];
}

/** Every finding of everything that runs, by digest, package and id; what some workloads hear of and others do not comes twice. */
export async function readRunningFindings(
  objects: ObjectStore,
  run: Run,
  rows: readonly LineageRow[],
): Promise<RunningFinding[]> {
  const findingsOf = await readFindings(objects, run);
  const held = new Set(run.feeds.filter(({ state }) => state === 'held').map(({ name }) => name));
  return runningDigests(rows).flatMap(({ digest, platform, running }) => {
    const rowsOf = groupByDecision(running);
    return findingsOf(digest)
      .sort((a, b) => order(a.package, b.package) || order(a.id, b.id))
      .flatMap((finding): RunningFinding[] => {
        const isHeld = finding.feeds.every((feed) => held.has(feed));
        return rowsOf(finding).map(({ by, rows: concerned }) => ({
          digest,
          platform,
          finding,
          state: by ? 'suppressed' : stateOf(concerned, isHeld),
          ...(by && { suppressed: by }),
          workloads: concerned.map(({ lineage }) => lineage),
        }));
      });
  });
}

interface Decided {
  readonly by: AppliedSuppression | undefined;
  readonly rows: readonly LineageRow[];
}

/** Of a finding: those of the rows that hear of it, then those that do not, by whose word. */
function groupByDecision(running: readonly LineageRow[]): (finding: Finding) => Decided[] {
  const silences = new Map(running.map((row) => [row, silencesOf(row)]));
  return ({ id, package: purl }) => {
    const byOf = (row: LineageRow) => silences.get(row)?.get(nameOf(id, purl));
    const groups = Map.groupBy(running, (row) => byOf(row)?.entry ?? '');
    return [...groups]
      .sort(([a], [b]) => order(a, b))
      .map(([, rows]) => ({ by: rows[0] && byOf(rows[0]), rows }));
  };
}

/** What one workload surely runs is not stale because another may not. */
function stateOf(running: readonly LineageRow[], isHeld: boolean): 'open' | 'stale' {
  return isHeld || running.every(({ stale }) => stale !== null) ? 'stale' : 'open';
}

/** By whose word each suppressed finding of a row is. */
function silencesOf({ suppressed = [] }: LineageRow): ReadonlyMap<string, AppliedSuppression> {
  return new Map(
    suppressed.map(({ ids, package: purl, suppressed: by }) => [nameOf(ids[0] ?? '', purl), by]),
  );
}

function nameOf(id: string, purl: string): string {
  return `${purl} ${id}`;
}

/** Reads the findings of each digest; one that could not be read has none. */
async function readFindings(
  objects: ObjectStore,
  run: Run,
): Promise<(digest: Digest) => Finding[]> {
  const { index: key, units } = await readObject<RunFindings>(
    objects,
    RUN_FORMATS.findings,
    run.findings,
  );
  if (units === null) return () => [];
  const index = await readSegment(objects, key);
  const placeOf = placesOf(index);
  return (digest) => {
    const place = placeOf(digest);
    return place === undefined ? [] : findingsOfImage(index, units, place);
  };
}

function runningDigests(rows: readonly LineageRow[]) {
  const byDigest = new Map<Digest, LineageRow[]>();
  for (const row of rows.filter(({ kind }) => kind === 'workload')) {
    byDigest.set(row.digest, [...(byDigest.get(row.digest) ?? []), row]);
  }
  return [...byDigest]
    .sort(([a], [b]) => order(a, b))
    .map(([digest, running]) => ({
      digest,
      platform: running[0]?.platform ?? '',
      running,
    }));
}

function order(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
