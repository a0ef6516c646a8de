import type { AdvisoryEntry, LookupKey } from '../core/advisory/entry.ts';
import type { Digest } from '../core/image/digest.ts';
import type { Inventory, Package } from '../core/inventory/inventory.ts';
import { applyDetails, detailIds, type FeedDetails } from '../core/match/apply-details.ts';
import type { Finding } from '../core/match/finding.ts';
import { lookupKeys, matchPackages } from '../core/match/match-packages.ts';
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
  const units = distinctPackages(inventories);
  const entriesOf = await loadEntries(objects, advisoryFeeds(feeds), [...units.values()]);
  const findings = await withDetails(objects, feeds, findingsByUnit(units, entriesOf, at));
  return new Map(
    inventories.map((inventory) => [
      inventory.digest,
      distinctFindings(inventory.packages.flatMap((each) => findings.get(unitKey(each)) ?? [])),
    ]),
  );
}

/** What decides how a package is matched: two packages alike in it have the same findings. */
function unitKey({ purl, ecosystem, source, owner }: Package): string {
  return JSON.stringify([purl, ecosystem, source?.name, source?.version, owner]);
}

function distinctPackages(inventories: readonly Inventory[]): Map<string, Package> {
  const units = new Map<string, Package>();
  for (const { packages } of inventories) {
    for (const each of packages) units.set(unitKey(each), each);
  }
  return units;
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

type EntriesOf = (key: LookupKey) => readonly AdvisoryEntry[];

async function loadEntries(
  objects: ObjectStore,
  feeds: readonly FeedState[],
  packages: readonly Package[],
): Promise<EntriesOf> {
  const keys = lookupKeys(packages);
  const sources: EntriesOf[] = [];
  for (const feed of feeds) {
    if (feed.key === null) continue;
    const snapshot = await openSnapshot(objects, feed.key);
    sources.push(await snapshot.lookup(keys));
  }
  return (key) => sources.flatMap((entriesOf) => entriesOf(key));
}

/**
 * Findings carry a purl, not a unit: units that share a purl (an owner or a source
 * apart) are matched in rounds of their own, so that none gets another's findings.
 */
function findingsByUnit(
  units: ReadonlyMap<string, Package>,
  entriesOf: EntriesOf,
  at: string,
): Map<string, Finding[]> {
  const findings = new Map<string, Finding[]>();
  for (const round of roundsOf(units)) {
    const unitOf = new Map([...round].map(([key, { purl }]) => [purl, key]));
    for (const finding of matchPackages([...round.values()], entriesOf, at).findings) {
      const key = unitOf.get(finding.package) ?? '';
      findings.set(key, [...(findings.get(key) ?? []), finding]);
    }
  }
  return findings;
}

function roundsOf(units: ReadonlyMap<string, Package>): Map<string, Package>[] {
  const rounds: Map<string, Package>[] = [];
  const seen = new Map<string, number>();
  for (const [key, each] of units) {
    const round = seen.get(each.purl) ?? 0;
    seen.set(each.purl, round + 1);
    rounds[round] ??= new Map();
    rounds[round].set(key, each);
  }
  return rounds;
}

/** One package installed at two places is one finding. */
function distinctFindings(findings: readonly Finding[]): Finding[] {
  const byKey = new Map(findings.map((finding) => [`${finding.package} ${finding.id}`, finding]));
  return [...byKey.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, finding]) => finding);
}
