import type { Inventory } from '../inventory/inventory.ts';
import type { CheckKind, Verdict } from './image-check.ts';

/** What a check depends on besides the image: an inventory is true for good, its verdict is of a day. */
export interface ReadContext {
  /** RFC 3339. */
  readonly at: string;
  /** Bytes; `null`: nobody has set one. */
  readonly sizeBudget: number | null;
}

/** A check of an inventory that is made where somebody reads it, and never stored. Pure. */
export interface ReadCheck {
  readonly id: string;
  /** Where it is told all the same, `core/change/` says so. */
  readonly kind: Extract<CheckKind, 'advice'>;
  run(inventory: Inventory, context: ReadContext): Verdict;
}
