import type { Finding } from '../../core/match/finding.ts';
import type { Run } from '../../core/run/run.ts';
import type { AppliedSuppression } from '../../core/suppress/suppression.ts';
import type { ObjectStore, StateStore } from '../ports.ts';
import type { Past } from '../read-past.ts';
import type { Target } from './find-targets.ts';
import type { HeldUnits } from './held-units.ts';
import type { Advisories } from './open-advisories.ts';

/** By what is judged: a night's feeds, or those of one scan. */
export type Judged = Pick<Run, 'at' | 'feeds' | 'index'>;

/** What an answer is looked for in. */
export interface Search {
  readonly objects: ObjectStore;
  readonly state: Pick<StateStore, 'observations'>;
  /** What is known of the lineages; nothing where one image alone was scanned. */
  readonly past: Past;
  readonly judged: Judged;
  readonly advisories: Advisories;
  /** The images that are asked about. */
  readonly targets: readonly Target[];
  /** What is in them. */
  readonly held: HeldUnits;
  /** By whose word a finding of an image that nothing runs is not to be heard of. @default nobody's */
  readonly silencedBy?: (finding: Finding) => AppliedSuppression | undefined;
}
