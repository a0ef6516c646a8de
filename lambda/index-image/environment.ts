import * as z from 'zod';
import { BUCKET, REGISTRY } from '../shared/variables.ts';

/** The contract with `lib/`, which sets these variables. */
export const IndexImageEnvironment = z.object({
  ...BUCKET,
  ...REGISTRY,
  ASSESS_QUEUE_URL: z.url(),
});

export type IndexImageEnvironment = z.input<typeof IndexImageEnvironment>;
