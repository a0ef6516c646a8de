import * as z from 'zod';
import { BUCKET, TABLE, TOPIC } from '../shared/variables.ts';

/** The contract with `lib/`, which sets these variables. */
export const DeliverAlertsEnvironment = z.object({
  ...TABLE,
  ...BUCKET,
  ...TOPIC,
});

export type DeliverAlertsEnvironment = z.input<typeof DeliverAlertsEnvironment>;
