/** Words that a program of the bench does not take. */
export class WordsError extends Error {
  override readonly name = 'WordsError';
}

/**
 * What a program reads of its command line, or `undefined` after its usage was printed: status 0
 * when that was asked for, 2 for words that it does not take.
 *
 * @param read may throw WordsError and what `parseArgs` throws
 */
export function readWords<Words extends { readonly help: boolean }>(
  usage: string,
  read: () => Words,
): Words | undefined {
  try {
    const words = read();
    if (!words.help) return words;
    console.log(usage);
  } catch (error) {
    if (!isAboutWords(error)) throw error;
    console.error(`${error.message}\n${usage}`);
    process.exitCode = 2;
  }
  return undefined;
}

function isAboutWords(error: unknown): error is Error {
  if (error instanceof WordsError) return true;
  return (
    error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS_')
  );
}
