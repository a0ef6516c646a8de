import type { Versioned } from '../extract/extractor.ts';
import type { FileTree } from '../image/file-tree.ts';
import type { Check, Inventory } from '../inventory/inventory.ts';

/** What a check may look at. */
export interface CheckInput {
  readonly tree: FileTree;
  readonly config: Inventory['config'];
}

/** One question about an image's hardening; `fail` means that the bad thing is there. Pure. */
export interface HardeningCheck extends Versioned {
  /** `root-user`; `name` is `check/` and this. */
  readonly id: string;
  run(input: CheckInput): Omit<Check, 'id'>;
}
