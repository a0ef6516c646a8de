/** `2026-03-09 02:00 UTC`, seconds only where there are any. */
export function timeText(at: string): string {
  const [date = '', time = ''] = at.replace(/\.000Z$|Z$/, '').split('T');
  return `${date} ${time.replace(/:00$/, '')} UTC`;
}
