import type { Check, Inventory } from '../inventory/inventory.ts';
import { imageSizeCheck } from './image-size-check.ts';
import type { ReadCheck, ReadContext } from './read-check.ts';
import { supportCheck } from './support-check.ts';

/** Every check that is made where an inventory is read, in the order in which they are shown. */
export const READ_CHECKS: readonly ReadCheck[] = [supportCheck, imageSizeCheck];

/** What an inventory says of its image, with what depends on who reads it and when. */
export function checksAsRead(inventory: Inventory, context: ReadContext): Check[] {
  const read = READ_CHECKS.map((each) => ({ id: each.id, ...each.run(inventory, context) }));
  return [...inventory.checks, ...read];
}
