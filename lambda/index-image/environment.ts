import * as z from 'zod';
import { BUCKET, REGISTRY, TABLE } from '../shared/variables.ts';

/** The contract with `lib/`, which sets these variables. */
export const IndexImageEnvironment = z.object({
  ...TABLE,
  ...BUCKET,
  ...REGISTRY,
  /** Where its pushes come from, to put one off. */
  PUSH_QUEUE_URL: z.url(),
  ASSESS_QUEUE_URL: z.url(),
});

export type IndexImageEnvironment = z.input<typeof IndexImageEnvironment>;
