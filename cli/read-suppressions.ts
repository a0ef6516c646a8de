import { openSuppressions } from '../adapters/local/suppression-file.ts';
import { InvalidSuppressionsError } from '../core/suppress/read-suppression-file.ts';
import type { SuppressionSet } from '../core/suppress/suppression.ts';
import { UnusableInputError } from './command-errors.ts';

/** What a file named on the command line says; what ended simply holds no more. @throws UnusableInputError */
export function readSuppressions(file: string | undefined): SuppressionSet | undefined {
  if (file === undefined) return undefined;
  try {
    const opened = openSuppressions(file);
    if (!opened) throw new UnusableInputError(`no such file: ${file}`);
    return opened.set;
  } catch (error) {
    if (error instanceof InvalidSuppressionsError) {
      throw new UnusableInputError(error.message, { cause: error });
    }
    throw error;
  }
}
