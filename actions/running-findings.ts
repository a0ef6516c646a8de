import { placesOf } from '../core/fleet/fleet-index.ts';
import { findingsOfImage } from '../core/fleet/unit-findings.ts';
import type { Digest } from '../core/image/digest.ts';
import type { LineageRow } from '../core/lineage/lineage.ts';
import type { Finding } from '../core/match/finding.ts';
import type { Run } from '../core/run/run.ts';
import { readSegment } from './fleet-segments.ts';
import type { ObjectStore } from './ports.ts';
import { RUN_FORMATS, type RunFindings } from './read-run.ts';
import { readObject } from './stored-objects.ts';

/** A finding of a platform digest that something runs. */
export interface RunningFinding {
  readonly digest: Digest;
  readonly platform: string;
  readonly finding: Finding;
  /** `stale`: its feeds were held, or nobody saw whether the digest still runs. */
  readonly state: 'open' | 'stale';
  /** Lineages of the workloads that run the digest. */
  readonly workloads: readonly string[];
}

/** Every finding of everything that runs, by digest, package and id. */
export async function readRunningFindings(
  objects: ObjectStore,
  run: Run,
  rows: readonly LineageRow[],
): Promise<RunningFinding[]> {
  const findingsOf = await readFindings(objects, run);
  const held = new Set(run.feeds.filter(({ state }) => state === 'held').map(({ name }) => name));
  return runningDigests(rows).flatMap(({ digest, platform, workloads, isStale }) =>
    findingsOf(digest)
      .sort((a, b) => order(a.package, b.package) || order(a.id, b.id))
      .map((finding): RunningFinding => {
        const isHeld = finding.feeds.every((feed) => held.has(feed));
        return {
          digest,
          platform,
          finding,
          state: isStale || isHeld ? 'stale' : 'open',
          workloads,
        };
      }),
  );
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
      workloads: running.map(({ lineage }) => lineage),
      // What one workload surely runs is not stale because another may not.
      isStale: running.every(({ stale }) => stale !== null),
    }));
}

function order(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
