import { dayOf, daysBetween } from '../../suppress/days.ts';
import { SUPPORT_DATES, type SupportDate } from './support-dates.ts';
import type { SupportedPart } from './supported-parts.ts';

/** How long ahead the end of support is said, in days. */
export const DAYS_AHEAD = 90;

/** Whether a part gets security fixes on a day. */
export type PartVerdict =
  | { readonly state: 'supported'; readonly date: SupportDate }
  /** It does, for `days` more: 0 on the last one. */
  | { readonly state: 'ending'; readonly date: SupportDate; readonly days: number }
  | { readonly state: 'ended'; readonly date: SupportDate }
  /** Nobody knows; `why` ends a sentence that begins with the part. */
  | { readonly state: 'unknown'; readonly why: string };

const BY_PRODUCT = Map.groupBy(SUPPORT_DATES, ({ product }) => product);

/** Judges a part at a time (RFC 3339 in UTC). */
export function judgePart({ product, release }: SupportedPart, at: string): PartVerdict {
  const known = BY_PRODUCT.get(product) ?? [];
  const [oldest] = known;
  if (!oldest) return { state: 'unknown', why: 'is nothing of which a day is known' };
  if (release === '') return { state: 'unknown', why: 'does not say which release it is' };
  const date = known.find((each) => each.release === release);
  if (date) return judgeDate(date, at);
  // What came before a release that is over has not outlived it.
  if (isBefore(release, oldest.release)) {
    const verdict = judgeDate(oldest, at);
    if (verdict.state === 'ended') return verdict;
  }
  return isBefore(known.at(-1)?.release ?? '', release)
    ? { state: 'unknown', why: 'is newer than the table of dates' }
    : { state: 'unknown', why: 'is not in the table of dates' };
}

/** Whether a part is out of support. */
export function isOver(part: SupportedPart, at: string): boolean {
  return judgePart(part, at).state === 'ended';
}

function judgeDate(date: SupportDate, at: string): PartVerdict {
  const days = daysBetween(dayOf(at), date.until);
  if (date.atLeast) {
    return days >= 0
      ? { state: 'supported', date }
      : {
          state: 'unknown',
          why: `was to be supported until ${date.until} at least, which is over`,
        };
  }
  if (days < 0) return { state: 'ended', date };
  return days > DAYS_AHEAD ? { state: 'supported', date } : { state: 'ending', date, days };
}

/** By the numbers of releases; what has others (a suite) is before nothing. */
function isBefore(left: string, right: string): boolean {
  if (!/^[\d.]+$/.test(left) || !/^[\d.]+$/.test(right)) return false;
  const [a, b] = [left, right].map((each) => each.split('.').map(Number));
  for (let n = 0; n < Math.max(a?.length ?? 0, b?.length ?? 0); n++) {
    const difference = (a?.[n] ?? 0) - (b?.[n] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}
