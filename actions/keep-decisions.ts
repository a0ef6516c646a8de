import type { UnitFindings } from '../core/fleet/unit-findings.ts';
import { describeCarried, whatCounts } from '../core/suppress/attached-vex.ts';
import type { MatchedFleet } from './night-objects.ts';
import type { ObjectStore, SuppressionSource } from './ports.ts';
import { keepSuppressions } from './stored-suppressions.ts';
import { readCarriedVex } from './stored-vex.ts';

interface DecisionPorts {
  readonly objects: ObjectStore;
  readonly suppressions: SuppressionSource;
}

/** What a night's findings are, as far as decisions are about them. */
interface Found {
  readonly before: UnitFindings | null;
  readonly after: UnitFindings | null;
}

/** Keeps what a night is judged by besides advisories; says what images carry that is not applied. */
export async function keepDecisions(
  { objects, suppressions }: DecisionPorts,
  targets: MatchedFleet['targets'],
  { before, after }: Found,
): Promise<Pick<MatchedFleet, 'suppressions' | 'carried'>> {
  const set = await suppressions.read();
  const trusted = set?.trustAttachedFrom ?? [];
  const carried = await readCarriedVex(objects, targets);
  const lines = describeCarried(carried, trusted);
  const counts = whatCounts(carried, trusted, [...(before ?? []), ...(after ?? [])]);
  return {
    ...(await keepSuppressions(objects, set, counts)),
    ...(lines.length > 0 && { carried: lines }),
  };
}
