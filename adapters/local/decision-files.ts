import { InvalidSuppressionsError } from '../../core/suppress/read-suppression-file.ts';
import type { SuppressionSet } from '../../core/suppress/suppression.ts';
import type { VexStatement } from '../../core/suppress/vex-statement.ts';
import { openSuppressions } from './suppression-file.ts';
import { hasFolder, readVexFolder } from './vex-folder.ts';

/** Looked for where the configuration names no other; it need not be there. */
export const DEFAULT_SUPPRESSIONS = 'suppressions.yaml';

/** What a configuration says of the files beside it, as it is written there: relative to the working folder. */
export interface DecisionPaths {
  readonly suppressions?: string | undefined;
  readonly vexFolder?: string | undefined;
}

/** What these files say. */
export interface Decisions {
  /** `undefined` where there is no such file, and none was named. */
  readonly suppressions: SuppressionSet | undefined;
  readonly statements: readonly VexStatement[];
}

/**
 * Reads the files of what is not to be heard of.
 *
 * @throws InvalidSuppressionsError, which names a file that is missing by its setting, and every file
 * as it was written
 */
export function readDecisions({ suppressions, vexFolder }: DecisionPaths): Decisions {
  const opened = openSuppressions(suppressions ?? DEFAULT_SUPPRESSIONS);
  const missing = [
    ...(!opened && suppressions !== undefined
      ? [`suppressions: no such file: ${suppressions}`]
      : []),
    ...(vexFolder !== undefined && !hasFolder(vexFolder)
      ? [`vex.folder: no such folder: ${vexFolder}`]
      : []),
  ];
  if (missing.length > 0) throw new InvalidSuppressionsError('configuration', missing);
  const statements = vexFolder === undefined ? [] : readVexFolder(vexFolder);
  return { suppressions: opened?.set, statements };
}
