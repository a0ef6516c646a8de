import * as z from 'zod';
import { BACKFILL, BUCKET, REGISTRY, TABLE, TOPIC, WATCHED } from '../shared/variables.ts';

/** The contract with `lib/`, which sets these variables. */
export const WatchTagsEnvironment = z.object({
  ...TABLE,
  ...BUCKET,
  ...TOPIC,
  ...WATCHED,
  ...BACKFILL,
  ...REGISTRY,
  /** The function that reads images. */
  INDEX_IMAGE_ARN: z.string().startsWith('arn:'),
});

export type WatchTagsEnvironment = z.input<typeof WatchTagsEnvironment>;
