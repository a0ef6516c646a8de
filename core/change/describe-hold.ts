import { counted } from '../alert/compose-alert.ts';
import type { FeedClosings, FeedState } from '../run/run.ts';

/** What to do about a feed that is held. */
export function holdRemedy({ name, hold }: FeedState): string {
  if (!hold?.offered) {
    return 'See whether the feed answers; it is read again every night.';
  }
  return `Look at it with \`tidewatch feed show ${name}\`; if it is right, \`tidewatch feed accept ${name}\` lets the next night take it.`;
}

/** What its new state would close, by ecosystem; nothing where it would close nothing in silence. */
export function closingsText(closings: FeedClosings | null | undefined): string[] {
  if (!closings || closings.silent === 0) return [];
  const byCount = Object.entries(closings.ecosystems).sort(([, a], [, b]) => b - a);
  const where = byCount.map(([ecosystem, count]) => `${ecosystem} ${count}`).join(', ');
  return [
    `What it says now would close ${closings.silent} of ${counted(closings.open, 'open finding')} without a word of them: ${where}`,
  ];
}
