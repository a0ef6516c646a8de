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
  /** How many images that older captures serve one night reads again, and how many GB of them. */
  REREAD_IMAGES: z
    .string()
    .regex(/^\d{1,4}$/, 'expected a number of images')
    .transform(Number),
  REREAD_GIGABYTES: z
    .string()
    .regex(/^\d{1,5}$/, 'expected gigabytes')
    .transform(Number),
});

export type ReconcileImagesEnvironment = z.input<typeof ReconcileImagesEnvironment>;
