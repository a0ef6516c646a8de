import * as z from 'zod';
import { BUCKET, REGISTRY, TABLE } from '../shared/variables.ts';

/** The contract with `lib/`, which sets these variables. */
export const ReconcileImagesEnvironment = z.object({
  ...TABLE,
  ...BUCKET,
  ...REGISTRY,
  /** Which of ECR's repositories are listed, `team/*,web`; may be none. */
  ECR_REPOSITORIES: z
    .string()
    .transform((text) => text.split(',').filter((pattern) => pattern !== '')),
});

export type ReconcileImagesEnvironment = z.input<typeof ReconcileImagesEnvironment>;
