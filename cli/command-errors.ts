/** Words on the command line that make no command: told with its usage, exit status 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** A file or a folder named on the command line that will not do: told as it is, exit status 2. */
export class UnusableInputError extends Error {
  override readonly name = 'UnusableInputError';
}

/** A line of a file that will not do: told from the file's name on, as editors look for it; exit status 2. */
export class UnusableLineError extends Error {
  override readonly name = 'UnusableLineError';
}

/** Whether an error is about the words of a command: ours, or one of `parseArgs`. */
export function isUsageError(error: unknown): error is Error {
  if (error instanceof UsageError) return true;
  return (
    error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS_')
  );
}
