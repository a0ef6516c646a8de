import type { Likelihood } from '../advisory/likelihood.ts';
import type { Severity } from '../advisory/severity.ts';
import type { FindingStatus } from '../advisory/status.ts';
import type { Alert } from '../alert/alert.ts';
import type { Borne } from '../base/borne.ts';
import type { FleetOrigins } from '../base/fleet-origins.ts';
import type { Observation } from '../drift/observation.ts';
import type { LineageRow } from '../lineage/lineage.ts';
import type { Seen } from '../lineage/seen.ts';
import type { FindingDetails } from '../match/finding.ts';
import type { Run } from '../run/run.ts';
import type { AppliedSuppression, SuppressionSet } from '../suppress/suppression.ts';

/** A finding of something that runs, as the report lists it. */
export interface ReportFinding extends FindingDetails {
  readonly id: string;
  readonly package: string;
  readonly severity: Severity;
  readonly fixedIn: string | null;
  readonly status?: FindingStatus | undefined;
  /** As of the night. */
  readonly likelihood?: Likelihood | undefined;
  readonly state: 'open' | 'stale' | 'suppressed';
  /** By whose word nobody hears of it. */
  readonly suppressed?: AppliedSuppression;
  readonly workloads: readonly string[];
  /** Where it comes with the base of an image; absent where it does nowhere. */
  readonly borne?: readonly Borne[];
}

/** All that a night's report shows. */
export interface ReportData {
  readonly run: Run;
  readonly rows: readonly LineageRow[];
  /** When and how often what runs was seen to, by lineage. */
  readonly seen: ReadonlyMap<string, Seen>;
  readonly findings: readonly ReportFinding[];
  /** What somebody has decided not to hear of; `undefined` when nothing was decided. */
  readonly suppressions?: SuppressionSet | undefined;
  /** What pushes told since the night before. */
  readonly told: readonly Alert[];
  readonly alerts: readonly Alert[];
  readonly observations: readonly Observation[];
  readonly origins: FleetOrigins;
}
