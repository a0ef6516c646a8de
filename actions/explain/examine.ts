import type { Explanation } from '../../core/match/explain-match.ts';
import type { HeldUnit } from './held-units.ts';
import type { Advisories } from './open-advisories.ts';

/** A package as it is judged, with what is said of it and who has it. */
export interface Examined extends HeldUnit {
  readonly explanation: Explanation;
}

/** Explains a vulnerability for each of some packages, in their order. */
export async function examine(
  advisories: Advisories,
  units: readonly HeldUnit[],
  id: string,
): Promise<readonly Examined[]> {
  const explanations = await advisories.explain(
    units.map(({ unit }) => unit),
    id,
  );
  return units.flatMap((each, index): Examined[] => {
    const explanation = explanations[index];
    return explanation ? [{ ...each, explanation }] : [];
  });
}
