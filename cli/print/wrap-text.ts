/**
 * Breaks text between words into lines of at most `width` characters; a word that is
 * longer stands alone on its line, whole, since a cut name is of no use to anybody.
 */
export function wrapText(text: string, width: number): string[] {
  return wrapWords(text.split(/\s+/).filter(Boolean), width);
}

/** Wrapped text behind a label; the lines that follow are indented by as much. */
export function hangText(label: string, text: string, width: number): string[] {
  return hangWords(label, text.split(/\s+/).filter(Boolean), width);
}

/** As `hangText`, of words that may hold spaces. */
export function hangWords(label: string, words: readonly string[], width: number): string[] {
  const indent = ' '.repeat(label.length);
  return wrapWords(words, width - label.length).map((line, index) =>
    `${index === 0 ? label : indent}${line}`.trimEnd(),
  );
}

function wrapWords(words: readonly string[], width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of words) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = '';
    }
    line += line === '' ? word : ` ${word}`;
  }
  return [...lines, line];
}
