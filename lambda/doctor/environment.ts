import * as z from 'zod';
import { checked } from '../shared/variables.ts';

/** The contract with `lib/`, which sets these variables. */
export const DoctorEnvironment = z.object({
  /** JSON: the ARN of each function that is examined, by what it is called. */
  EXAMINED: z
    .string()
    .transform(checked((text): unknown => JSON.parse(text)))
    .pipe(z.record(z.string(), z.string().startsWith('arn:'))),
});

export type DoctorEnvironment = z.input<typeof DoctorEnvironment>;
