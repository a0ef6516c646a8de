import { UsageError } from './command-errors.ts';

/** An option's value, which must be one of some words. @throws UsageError */
export function oneOf<Word extends string>(
  option: string,
  words: readonly Word[],
  text: string,
): Word {
  const found = words.find((word) => word === text);
  if (found !== undefined) return found;
  throw new UsageError(`expected ${option} ${words.join('|')}, got ${JSON.stringify(text)}`);
}
