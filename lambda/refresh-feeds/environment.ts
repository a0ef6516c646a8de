import * as z from 'zod';
import { BUCKET, TABLE } from '../shared/variables.ts';

/** The contract with `lib/`, which sets these variables. */
export const RefreshFeedsEnvironment = z.object({
  ...TABLE,
  ...BUCKET,
});

export type RefreshFeedsEnvironment = z.input<typeof RefreshFeedsEnvironment>;
