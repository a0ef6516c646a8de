import type { UnitFindings } from '../core/fleet/unit-findings.ts';
import { applyDetails, detailIds, type FeedDetails } from '../core/match/apply-details.ts';
import { createMatcher } from '../core/match/create-matcher.ts';
import type { EntriesOf } from '../core/match/look-up.ts';
import { lookupKeysOf, type Unit } from '../core/match/unit.ts';
import { advisoryFeeds, type FeedState } from '../core/run/run.ts';
import type { ObjectStore } from './ports.ts';
import { openDetails } from './read-details.ts';
import { openSnapshot } from './read-snapshot.ts';

/** Matches the same units by several states of the feeds; what was read of a snapshot is read once. */
export interface UnitMatching {
  /**
   * The findings of each unit by `feeds`, as of `at` (RFC 3339), details included.
   *
   * @throws ObjectMissingError, MalformedObjectError when a snapshot is gone or broken
   */
  match(feeds: readonly FeedState[], at: string): Promise<UnitFindings>;
}

/** Of the snapshots only the blocks are read that may speak of these units. */
export function matchUnits(objects: ObjectStore, units: readonly Unit[]): UnitMatching {
  const keys = lookupKeysOf(units);
  const opened = new Map<string, Promise<LoadedSnapshot>>();
  const load = async (key: string): Promise<LoadedSnapshot> => {
    const snapshot = await openSnapshot(objects, key);
    return { entriesOf: await snapshot.lookup(keys), ecosystems: snapshot.ecosystems };
  };
  const loadOnce = (key: string) => {
    const loading = opened.get(key) ?? load(key);
    opened.set(key, loading);
    return loading;
  };
  return {
    async match(feeds, at) {
      const snapshots: LoadedSnapshot[] = [];
      for (const { key } of advisoryFeeds(feeds)) {
        if (key !== null) snapshots.push(await loadOnce(key));
      }
      const ecosystems = new Set(snapshots.flatMap((each) => each.ecosystems));
      const matcher = createMatcher(join(snapshots), at, ecosystems);
      const findings = units.map((unit) => matcher.judge(unit).findings);
      return withDetails(objects, feeds, findings);
    },
  };
}

interface LoadedSnapshot {
  readonly entriesOf: EntriesOf;
  /** Ecosystems that it speaks of. */
  readonly ecosystems: readonly string[];
}

function join(snapshots: readonly LoadedSnapshot[]): EntriesOf {
  const [first, ...others] = snapshots.map(({ entriesOf }) => entriesOf);
  if (first && others.length === 0) return first;
  return (key) => snapshots.flatMap(({ entriesOf }) => entriesOf(key));
}

/** Findings with what details feeds say of their ids; only the blocks of these are read. */
async function withDetails(
  objects: ObjectStore,
  feeds: readonly FeedState[],
  findings: UnitFindings,
): Promise<UnitFindings> {
  if (!feeds.some(({ kind, key }) => kind === 'details' && key !== null)) return findings;
  const ids = new Set<string>();
  for (const each of findings) {
    for (const finding of each) for (const id of detailIds(finding)) ids.add(id);
  }
  const loaded = await loadDetails(objects, feeds, [...ids].sort());
  const known = Map.groupBy(loaded, ({ details }) => details.id);
  if (known.size === 0) return findings;
  const detailsOf = (id: string) => known.get(id) ?? [];
  return findings.map((list) => list.map((each) => applyDetails(each, detailsOf)));
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
