import * as z from 'zod';

/** The contract with `lib/`, which sets these variables. */
export const StartNightEnvironment = z.object({
  /** Qualified. */
  RUN_NIGHT_ARN: z.string().startsWith('arn:'),
  /** What its nights are called after. */
  INSTALLATION: z.string().regex(/^[a-zA-Z0-9_-]{1,40}$/),
});

export type StartNightEnvironment = z.input<typeof StartNightEnvironment>;
