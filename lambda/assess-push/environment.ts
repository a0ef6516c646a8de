import * as z from 'zod';
import { BUCKET, POLICY, REGISTRY, TABLE, TOPIC } from '../shared/variables.ts';

/** The contract with `lib/`, which sets these variables. */
export const AssessPushEnvironment = z.object({
  ...TABLE,
  ...BUCKET,
  ...TOPIC,
  ...POLICY,
  ...REGISTRY,
});

export type AssessPushEnvironment = z.input<typeof AssessPushEnvironment>;
