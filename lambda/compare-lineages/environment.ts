import * as z from 'zod';
import { BUCKET, POLICY, TABLE } from '../shared/variables.ts';

/** The contract with `lib/`, which sets these variables. */
export const CompareLineagesEnvironment = z.object({
  ...TABLE,
  ...BUCKET,
  ...POLICY,
  /** Whether a night that tells nothing says so. */
  QUIET_NIGHTS: z.enum(['true', 'false']).transform((text) => text === 'true'),
  /** When the next one starts: `HH:MM` on the clock of an IANA time zone. */
  NIGHT_AT: z.string().regex(/^\d\d:\d\d$/),
  NIGHT_TIME_ZONE: z.string().min(1),
});

export type CompareLineagesEnvironment = z.input<typeof CompareLineagesEnvironment>;
