/**
 * JSON for other programs; a terminal may show it, so whatever could move its cursor or turn its
 * text is written as an escape, which is the same JSON.
 */
export function formatDocument(value: unknown): string {
  const text = JSON.stringify(value, null, 2);
  return text.replace(/[^\n\P{C}]|[\u2028\u2029]/gu, escapeUnits);
}

function escapeUnits(character: string): string {
  return Array.from({ length: character.length }, (_, index) => {
    const unit = character.charCodeAt(index).toString(16);
    return `\\u${unit.padStart(4, '0')}`;
  }).join('');
}
