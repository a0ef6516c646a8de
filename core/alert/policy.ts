import type { Severity } from '../advisory/severity.ts';

/** From which severity on something is told. Unrated findings always are. */
export interface AlertPolicy {
  /** An advisory that hits what runs. */
  readonly disclosed: Severity;
  /** A finding that a new digest, or a workload that appears, brings. */
  readonly regression: Severity;
}

export const DEFAULT_POLICY: AlertPolicy = { disclosed: 'medium', regression: 'high' };
