import { quote } from '../extract/token.ts';
import { fail, pass, unknown, type Verdict } from './image-check.ts';
import type { ReadCheck } from './read-check.ts';
import { SUPPORT_DATES, type SupportDate } from './support/support-dates.ts';
import { type SupportedPart, supportedParts } from './support/supported-parts.ts';

/** How long ahead the end of support is said. */
const DAYS_AHEAD = 90;
const DAY = 24 * 60 * 60 * 1000;

/** Whether what the image is built on still gets security fixes, on the day on which somebody asks. */
export const supportCheck: ReadCheck = {
  id: 'support',
  kind: 'advice',

  run(inventory, { at }) {
    const dated = supportedParts(inventory).map((part) => ({ part, date: dateOf(part) }));
    const ends = dated.flatMap(({ part, date }) => (date ? describeEnd(part, date, at) : []));
    if (ends.length > 0) {
      return fail(`${ends.map(({ text }) => text).join('; ')}.`, ends[0]?.source ?? null);
    }
    return dated.some(({ date }) => date) ? pass(describeSupport(dated)) : nothingKnown(dated);
  },
};

interface Dated {
  readonly part: SupportedPart;
  readonly date: SupportDate | undefined;
}

function dateOf({ product, release }: SupportedPart): SupportDate | undefined {
  return SUPPORT_DATES.find((each) => each.product === product && each.release === release);
}

function describeEnd({ name }: SupportedPart, { until, source }: SupportDate, at: string) {
  const days = Math.floor((Date.parse(`${until}T23:59:59Z`) - Date.parse(at)) / DAY);
  if (days > DAYS_AHEAD) return [];
  const text =
    days < 0
      ? `Out of support: ${quote(name)}, since ${until}`
      : `Support of ${quote(name)} ends on ${until}, in ${days === 1 ? '1 day' : `${days} days`}`;
  return [{ text, source }];
}

function describeSupport(dated: readonly Dated[]): string {
  const [first] = dated
    .flatMap(({ part, date }) => (date ? [{ name: part.name, until: date.until }] : []))
    .sort((left, right) => (left.until < right.until ? -1 : 1));
  return `Supported until ${first?.until} (${quote(first?.name ?? '')}).`;
}

function nothingKnown([first]: readonly Dated[]): Verdict {
  return first
    ? unknown(`It is not known until when ${quote(first.part.name)} is supported.`)
    : pass('Has nothing whose support ends on a day that is known.');
}
