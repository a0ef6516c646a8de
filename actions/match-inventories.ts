import { compact } from '../core/fleet/compact.ts';
import { type IndexedInventory, indexInventory } from '../core/fleet/fleet-index.ts';
import { expandFindings } from '../core/fleet/unit-findings.ts';
import type { Digest } from '../core/image/digest.ts';
import type { Finding } from '../core/match/finding.ts';
import type { FeedState } from '../core/run/run.ts';
import { matchUnits } from './match-units.ts';
import type { ObjectStore } from './ports.ts';

/**
 * Matches inventories against the snapshots of `feeds` as of `at`, as the night matches
 * the whole fleet: a push is a fleet of its platforms.
 *
 * @throws ObjectMissingError, MalformedObjectError when a snapshot is gone or broken
 */
export async function matchInventories(
  objects: ObjectStore,
  feeds: readonly FeedState[],
  inventories: readonly IndexedInventory[],
  at: string,
): Promise<Map<Digest, readonly Finding[]>> {
  const index = compact(inventories.map(indexInventory));
  return expandFindings(index, await matchUnits(objects, index.units).match(feeds, at));
}
