/** Programs that start another one and stay as its parent; their words are alike. */
const INITS = new Set(['tini', 'tini-static', 'dumb-init', 'docker-init', 'catatonit']);

/**
 * What an init process starts: the words after `--`, or all of them where none is an option.
 * Empty for any other program, and where its options cannot be told from the command.
 */
export function afterInit(path: string, words: readonly string[]): readonly string[] {
  if (!INITS.has(path.split('/').at(-1) ?? '')) return [];
  const separator = words.indexOf('--');
  const [first] = words;
  // Options take values, and which of them do is each program's own affair.
  if (first?.startsWith('-')) return separator < 0 ? [] : words.slice(separator + 1);
  return words;
}
