import * as z from 'zod';
import { BUCKET, TABLE } from '../shared/variables.ts';

/** The contract with `lib/`, which sets these variables. */
export const MatchFleetEnvironment = z.object({
  ...TABLE,
  ...BUCKET,
});

export type MatchFleetEnvironment = z.input<typeof MatchFleetEnvironment>;
