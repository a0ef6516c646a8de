/** Reasons that a failure names: an alert shall stay readable when a hundred tasks have the same fault. */
const REASONS_SHOWN = 10;

/** All reasons why a scope was not seen whole, each once, as its one `failure`; `null` without any. */
export function scopeFailure(reasons: readonly (string | null)[]): string | null {
  const distinct = [...new Set(reasons.filter((reason) => reason !== null))].sort();
  const rest = distinct.length - REASONS_SHOWN;
  const shown = distinct.slice(0, REASONS_SHOWN).join('; ');
  if (distinct.length === 0) return null;
  return rest > 0 ? `${shown}; and ${rest} more` : shown;
}
