const DAY = new Intl.DateTimeFormat('en-GB', {
  weekday: 'long',
  day: 'numeric',
  month: 'long',
  year: 'numeric',
  timeZone: 'UTC',
});

/** `Monday 2 March 2026`, in UTC. @param at RFC 3339 */
export function formatDay(at: string): string {
  const parts = new Map(DAY.formatToParts(new Date(at)).map(({ type, value }) => [type, value]));
  return ['weekday', 'day', 'month', 'year'].map((part) => parts.get(part as 'day')).join(' ');
}

/** `07:30`, in UTC. @param at RFC 3339 */
export function formatTime(at: string): string {
  return new Date(at).toISOString().slice('YYYY-MM-DDT'.length, 'YYYY-MM-DDTHH:MM'.length);
}
