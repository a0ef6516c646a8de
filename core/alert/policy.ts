import type { Severity } from '../advisory/severity.ts';

/** From when on something is told. Unrated findings always are. */
export interface AlertPolicy {
  /** An advisory that hits what runs. */
  readonly disclosed: Severity;
  /** A finding that a new digest, or a workload that appears, brings. */
  readonly regression: Severity;
  /** Decimal megabytes, compressed, above which an image is too large. @default none is */
  readonly imageMegabytes?: number | undefined;
}

export const DEFAULT_POLICY: AlertPolicy = { disclosed: 'medium', regression: 'high' };
