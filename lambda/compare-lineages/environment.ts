import * as z from 'zod';
import { BUCKET, POLICY, TABLE } from '../shared/variables.ts';

/** The contract with `lib/`, which sets these variables. */
export const CompareLineagesEnvironment = z.object({
  ...TABLE,
  ...BUCKET,
  ...POLICY,
});

export type CompareLineagesEnvironment = z.input<typeof CompareLineagesEnvironment>;
