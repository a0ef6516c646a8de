import * as z from 'zod';
import { BUCKET } from '../shared/variables.ts';

/** The contract with `lib/`, which sets these variables. */
export const ListDeploymentsEnvironment = z.object({
  ...BUCKET,
});

export type ListDeploymentsEnvironment = z.input<typeof ListDeploymentsEnvironment>;
