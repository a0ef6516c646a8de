import * as z from 'zod';
import { BUCKET, SUPPRESSIONS, TABLE } from '../shared/variables.ts';

/** The contract with `lib/`, which sets these variables. */
export const MatchFleetEnvironment = z.object({
  ...TABLE,
  ...BUCKET,
  ...SUPPRESSIONS,
});

export type MatchFleetEnvironment = z.input<typeof MatchFleetEnvironment>;

/** As they are parsed. */
export type MatchFleetVariables = z.output<typeof MatchFleetEnvironment>;
