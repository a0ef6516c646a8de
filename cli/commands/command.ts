import type { Io } from '../io.ts';

/** One subcommand: a thin shell around an action, which parses words and prints results. */
export interface Command {
  /** What follows `tidewatch`. */
  readonly name: string;
  /** One sentence for the overview. */
  readonly summary: string;
  /** Everything after the name, as usage writes it. */
  readonly synopsis: string;
  /** Words and options with what they mean. */
  readonly options: readonly (readonly [word: string, meaning: string])[];
  /** What the exit status says. */
  readonly status: string;
  /**
   * Does it.
   *
   * @returns the exit status
   * @throws UsageError, UnusableInputError, and whatever `parseArgs` throws
   */
  run(args: readonly string[], io: Io): Promise<number>;
}
