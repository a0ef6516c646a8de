import { InvalidLocksError } from './invalid-locks-error.ts';

/**
 * Cuts a command into words as apko does: at spaces, quotes keep words together.
 *
 * @throws InvalidLocksError when a quote is not closed
 */
export function splitCommand(command: string): string[] {
  const words = command.match(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g) ?? [];
  if (/["']/.test(command.replaceAll(/"[^"]*"|'[^']*'/g, ''))) {
    throw new InvalidLocksError(`unclosed quote: ${JSON.stringify(command)}`);
  }
  return words.map((word) =>
    word.replaceAll(/"(?<double>[^"]*)"|'(?<single>[^']*)'/g, (_match, double, single) =>
      String(double ?? single),
    ),
  );
}
