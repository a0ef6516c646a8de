import * as z from 'zod';
import { TABLE } from '../shared/variables.ts';

/** The contract with `lib/`, which sets these variables. */
export const CommitRunEnvironment = z.object({
  ...TABLE,
});

export type CommitRunEnvironment = z.input<typeof CommitRunEnvironment>;
