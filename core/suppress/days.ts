const DAY = 24 * 60 * 60 * 1000;

/** The day of a time (RFC 3339 in UTC), `YYYY-MM-DD`. */
export function dayOf(at: string): string {
  return at.slice(0, 10);
}

/** Days from one day to another, `YYYY-MM-DD`; negative when it lies before. */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / DAY);
}

/** The day after a day. */
export function dayAfter(day: string): string {
  return dayOf(new Date(Date.parse(`${day}T00:00:00Z`) + DAY).toISOString());
}
