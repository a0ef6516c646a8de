import * as z from 'zod';
import { FeedsConfig } from './feeds-config.ts';

/** A configuration with an error; names all of them at once. */
export class InvalidConfigError extends Error {
  override readonly name = 'InvalidConfigError';
}

/** Unrated findings are told whatever the threshold is. */
const Threshold = z.enum(['critical', 'high', 'medium', 'low']);

/** `tidewatch.config.ts`. */
export const TidewatchConfig = z.strictObject({
  /** When the night starts, `HH:MM`, UTC: after the bases have been rebuilt. */
  nightAt: z
    .string()
    .regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'expected HH:MM, UTC')
    .default('02:00'),
  /** Upstream tags whose movement is recorded, `registry/repository:tag`. */
  watchedTags: z
    .array(
      z
        .string()
        .regex(/^[^\s,/@]+[.:][^\s,/@]+\/[^\s,@]+:[\w.-]+$/, 'expected registry/repository:tag'),
    )
    .default(['cgr.dev/chainguard/python:latest', 'cgr.dev/chainguard/python:latest-dev']),
  /** From which severity on something is told. */
  alerts: z
    .strictObject({
      /** An advisory that hits what runs. */
      disclosed: Threshold.default('medium'),
      /** A finding that a new digest, or a workload that appears, brings. */
      regression: Threshold.default('high'),
    })
    .prefault({}),
  /** Where advisories are read from, every night. */
  feeds: FeedsConfig.prefault({}),
});

export type TidewatchConfig = z.output<typeof TidewatchConfig>;

/** Checks a configuration and fills in what it leaves out. @throws InvalidConfigError */
export function defineConfig(config: z.input<typeof TidewatchConfig>): TidewatchConfig {
  const result = TidewatchConfig.safeParse(config);
  if (!result.success) {
    throw new InvalidConfigError(`bad tidewatch.config.ts:\n${z.prettifyError(result.error)}`);
  }
  return result.data;
}
