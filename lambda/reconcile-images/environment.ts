import * as z from 'zod';
import { BUCKET, REGISTRY, TABLE } from '../shared/variables.ts';

/** The contract with `lib/`, which sets these variables. */
export const ReconcileImagesEnvironment = z.object({
  ...TABLE,
  ...BUCKET,
  ...REGISTRY,
});

export type ReconcileImagesEnvironment = z.input<typeof ReconcileImagesEnvironment>;
