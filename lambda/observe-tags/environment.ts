import * as z from 'zod';
import { BACKFILL, BUCKET, REGISTRY, TABLE, WATCHED } from '../shared/variables.ts';

/** The contract with `lib/`, which sets these variables. */
export const ObserveTagsEnvironment = z.object({
  ...TABLE,
  ...BUCKET,
  ...WATCHED,
  ...BACKFILL,
  ...REGISTRY,
});

export type ObserveTagsEnvironment = z.input<typeof ObserveTagsEnvironment>;
