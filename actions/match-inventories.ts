import type { Digest } from '../core/image/digest.ts';
import type { Inventory, Package } from '../core/inventory/inventory.ts';
import { applyDetails, detailIds, type FeedDetails } from '../core/match/apply-details.ts';
import { createMatcher } from '../core/match/create-matcher.ts';
import type { Finding } from '../core/match/finding.ts';
import type { EntriesOf } from '../core/match/look-up.ts';
import { createUnitReader, lookupKeysOf, type Unit, unitKey, unitsOf } from '../core/match/unit.ts';
import { advisoryFeeds, type FeedState } from '../core/run/run.ts';
import type { ObjectStore } from './ports.ts';
import { openDetails } from './read-details.ts';
import { openSnapshot } from './read-snapshot.ts';

/**
 * Matches inventories against the snapshots of `feeds` as of `at`. Each distinct
 * package is looked up and evaluated once, however many images hold it.
 *
 * @throws ObjectMissingError, MalformedObjectError when a snapshot is gone or broken
 */
export async function matchInventories(
  objects: ObjectStore,
  feeds: readonly FeedState[],
  inventories: readonly Inventory[],
  at: string,
): Promise<Map<Digest, readonly Finding[]>> {
  const images = inventories.map(({ digest, packages }) => ({ digest, keys: keysOf(packages) }));
  const units = new Map(inventories.flatMap(unitsOf).map((unit) => [unitKey(unit), unit]));
  const { entriesOf, ecosystems } = await loadEntries(objects, advisoryFeeds(feeds), units);
  const matcher = createMatcher(entriesOf, at, ecosystems);
  const judged = new Map([...units].map(([key, unit]) => [key, matcher.judge(unit).findings]));
  const findings = await withDetails(objects, feeds, judged);
  return new Map(
    images.map(({ digest, keys }) => [
      digest,
      distinctFindings(keys.flatMap((key) => findings.get(key) ?? [])),
    ]),
  );
}

/** The units of an image, those that speak for themselves before those whose owner was asked. */
function keysOf(packages: readonly Package[]): string[] {
  const unitOf = createUnitReader(packages);
  return [...new Set(packages.map((each) => unitKey(unitOf(each))))].sort();
}

/** Findings with what details feeds say of their ids; only the blocks of these are read. */
async function withDetails(
  objects: ObjectStore,
  feeds: readonly FeedState[],
  findings: ReadonlyMap<string, readonly Finding[]>,
): Promise<ReadonlyMap<string, readonly Finding[]>> {
  const ids = [...new Set([...findings.values()].flat().flatMap(detailIds))].sort();
  const known = Map.groupBy(await loadDetails(objects, feeds, ids), ({ details }) => details.id);
  if (known.size === 0) return findings;
  const detailsOf = (id: string) => known.get(id) ?? [];
  return new Map(
    [...findings].map(([key, list]) => [key, list.map((each) => applyDetails(each, detailsOf))]),
  );
}

async function loadDetails(
  objects: ObjectStore,
  feeds: readonly FeedState[],
  ids: readonly string[],
): Promise<FeedDetails[]> {
  const found: FeedDetails[] = [];
  for (const { kind, name, key } of feeds) {
    if (kind !== 'details' || key === null || ids.length === 0) continue;
    const details = await (await openDetails(objects, key)).lookup(ids);
    for (const each of details.values()) found.push({ feed: name, details: each });
  }
  return found;
}

interface LoadedEntries {
  readonly entriesOf: EntriesOf;
  /** Ecosystems that the feeds speak of. */
  readonly ecosystems: ReadonlySet<string>;
}

async function loadEntries(
  objects: ObjectStore,
  feeds: readonly FeedState[],
  units: ReadonlyMap<string, Unit>,
): Promise<LoadedEntries> {
  const snapshots: Awaited<ReturnType<typeof openSnapshot>>[] = [];
  for (const { key } of feeds) if (key !== null) snapshots.push(await openSnapshot(objects, key));
  const ecosystems = new Set(snapshots.flatMap((snapshot) => snapshot.ecosystems));
  const keys = lookupKeysOf(units.values(), ecosystems);
  const sources: EntriesOf[] = [];
  for (const snapshot of snapshots) sources.push(await snapshot.lookup(keys));
  return { entriesOf: (key) => sources.flatMap((source) => source(key)), ecosystems };
}

/** One package installed at two places is one finding. */
function distinctFindings(findings: readonly Finding[]): Finding[] {
  const byKey = new Map<string, Finding>();
  for (const finding of findings) {
    const key = `${finding.package} ${finding.id}`;
    if (!byKey.has(key)) byKey.set(key, finding);
  }
  return [...byKey.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, finding]) => finding);
}
