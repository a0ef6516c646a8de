import * as z from 'zod';
import { BUCKET, TABLE } from '../shared/variables.ts';

/** The contract with `lib/`, which sets these variables. */
export const RecordObservationsEnvironment = z.object({
  ...TABLE,
  ...BUCKET,
});

export type RecordObservationsEnvironment = z.input<typeof RecordObservationsEnvironment>;
