import type { Inventory } from '../../core/inventory/inventory.ts';
import { inventoryKey } from '../../core/inventory/inventory-key.ts';
import { INDEX_FORMATS } from '../index-image.ts';
import type { ObjectStore } from '../ports.ts';
import { findObject } from '../stored-objects.ts';

/** The inventory of a platform digest, unless older extractors alone have read it. */
export function findInventory(
  objects: ObjectStore,
  digest: string,
): Promise<Inventory | undefined> {
  return findObject<Inventory>(objects, INDEX_FORMATS.inventory, inventoryKey(digest));
}
