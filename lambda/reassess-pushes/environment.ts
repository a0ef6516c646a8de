import * as z from 'zod';
import { BUCKET, POLICY, TABLE } from '../shared/variables.ts';

/** The contract with `lib/`, which sets these variables. */
export const ReassessPushesEnvironment = z.object({
  ...TABLE,
  ...BUCKET,
  ...POLICY,
});

export type ReassessPushesEnvironment = z.input<typeof ReassessPushesEnvironment>;
