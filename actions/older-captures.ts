import { CHECKS_OF_CAPTURES, checksNewSince } from '../core/check/known-checks.ts';
import type { Digest } from '../core/image/digest.ts';
import type { LineageRow } from '../core/lineage/lineage.ts';
import { hashOf } from '../core/object/json-object.ts';
import { type Run, runKeys } from '../core/run/run.ts';
import type { JudgedFleet } from './judged-fleet.ts';
import { type MatchedFleet, readNight } from './night-objects.ts';
import type { ObjectStore } from './ports.ts';
import { readObject, writeObject } from './stored-objects.ts';

const FORMAT = 'older-captures/1';

/** The digests that a night knew by older captures alone. */
async function readOlder(objects: ObjectStore, run: Run | undefined): Promise<ReadonlySet<Digest>> {
  const key = run?.captures?.digests;
  return new Set(key ? await readObject<readonly Digest[]>(objects, FORMAT, key) : []);
}

/**
 * Gives the checks that a lineage's past was made without: those of later code, and where its image is known by
 * older captures those that look at what these lack. What they find in the next image may have been in this one.
 */
export async function findNewChecks(
  objects: ObjectStore,
  run: Run | undefined,
  checks: readonly string[] | undefined,
): Promise<(previous: Pick<LineageRow, 'digest'> | undefined) => ReadonlySet<string>> {
  const older = await readOlder(objects, run);
  const known = checksNewSince(checks);
  const unseen = new Set([...known, ...CHECKS_OF_CAPTURES]);
  return (previous) => (previous && older.has(previous.digest) ? unseen : known);
}

/**
 * Says of which digests the last night knew older captures alone, and tonight knows all: what is found now
 * and was not then has been there all the time, and is no news.
 */
export async function findRenewed(
  objects: ObjectStore,
  run: Run | undefined,
  fleet: JudgedFleet,
): Promise<(digest: Digest) => boolean> {
  const older = await readOlder(objects, run);
  return (digest) => older.has(digest) && fleet.find(digest)?.facts.capture === undefined;
}

/** Writes down how far reading again is; `undefined` where nothing is to be read again. */
export async function keepCaptures(
  objects: ObjectStore,
  { runId, results }: { readonly runId: string; readonly results: readonly string[] },
  { targets }: MatchedFleet,
  fleet: JudgedFleet,
): Promise<Run['captures']> {
  const digests = [...new Set(targets.map(({ digest }) => digest))].sort();
  const older = digests.filter((digest) => fleet.find(digest)?.facts.capture !== undefined);
  const batches = await Promise.all(results.map((key) => readNight(objects, 'results', key)));
  const reread = batches.flatMap((batch) => batch.reread);
  if (older.length + reread.length === 0) return undefined;
  const key = runKeys.part(runId, 'older', hashOf(older));
  return {
    older: older.length,
    digests: await writeObject(objects, FORMAT, key, older),
    reread: reread.filter(({ failure }) => failure === null).length,
    bytes: reread.reduce((total, { bytes }) => total + bytes, 0),
    failed: reread.flatMap(({ digest, failure }) => (failure ? [{ digest, reason: failure }] : [])),
  };
}
