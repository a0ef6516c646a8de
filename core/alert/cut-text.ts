/** The text within `limit` UTF-16 units; what is cut says how much, and no code point is split. */
export function cutText(text: string, limit: number): string {
  if (text.length <= limit) return text;
  // Longer than the note of what is actually left out, which counts fewer.
  const room = limit - missingNote(text.length).length;
  const kept = wholeStart(text, Math.max(room, 0));
  return `${kept}${missingNote(text.length - kept.length)}`;
}

/** The first lines within `limit` UTF-16 units, and how many more there are. */
export function fitLines(lines: readonly string[], limit: number): string[] {
  const whole = lines.join('\n');
  if (whole.length <= limit) return [...lines];
  const kept: string[] = [];
  let room = limit - moreLines(lines.length).length;
  for (const line of lines) {
    room -= line.length + 1;
    if (room < 0) break;
    kept.push(line);
  }
  return [...kept, moreLines(lines.length - kept.length)];
}

/** As much of the start as `length` allows without the first half of a surrogate pair at its end. */
export function wholeStart(text: string, length: number): string {
  return text.slice(0, length).replace(/[\uD800-\uDBFF]$/, '');
}

/** What stands for characters that were cut. */
export function missingNote(characters: number): string {
  return `… and ${characters} more characters`;
}

function moreLines(count: number): string {
  return `… and ${count} more ${count === 1 ? 'line' : 'lines'}`;
}
