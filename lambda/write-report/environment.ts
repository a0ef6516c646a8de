import * as z from 'zod';
import { BUCKET, TABLE, WATCHED } from '../shared/variables.ts';

/** The contract with `lib/`, which sets these variables. */
export const WriteReportEnvironment = z.object({
  ...TABLE,
  ...BUCKET,
  ...WATCHED,
});

export type WriteReportEnvironment = z.input<typeof WriteReportEnvironment>;
