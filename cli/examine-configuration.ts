import {
  readConfigurationFile,
  UnusableConfigurationError,
} from '../adapters/local/configuration-file.ts';
import {
  DEFAULT_SUPPRESSIONS,
  type DecisionPaths,
  readDecisions,
} from '../adapters/local/decision-files.ts';
import { counted } from '../core/alert/compose-alert.ts';
import { type CheckLine, failed, passed } from '../core/diagnosis/check-line.ts';
import { InvalidSuppressionsError } from '../core/suppress/read-suppression-file.ts';

const MEND = 'Mend it: nothing can be deployed like this.';

/** What the next deployment would read here: the configuration and the files that it names; nothing where it is not there. */
export async function examineConfiguration(path: string): Promise<readonly CheckLine[]> {
  try {
    const paths = await readConfigurationFile(path);
    return paths ? [passed(path, 'holds together'), ...examineDecisions(paths)] : [];
  } catch (error) {
    if (!(error instanceof UnusableConfigurationError)) throw error;
    return error.errors.map((each) => failed(path, each, MEND));
  }
}

function examineDecisions(paths: DecisionPaths): readonly CheckLine[] {
  const file = paths.suppressions ?? DEFAULT_SUPPRESSIONS;
  try {
    const { suppressions, statements } = readDecisions(paths);
    return [
      ...(suppressions ? [passed(file, counted(suppressions.entries.length, 'suppression'))] : []),
      ...(paths.vexFolder === undefined
        ? []
        : [passed(paths.vexFolder, `VEX: ${counted(statements.length, 'statement')}`)]),
    ];
  } catch (error) {
    if (!(error instanceof InvalidSuppressionsError)) throw error;
    return error.errors.map((each) => failed(error.file, each, MEND));
  }
}
