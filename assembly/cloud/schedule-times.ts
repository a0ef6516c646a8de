/** A schedule's expression that is not emulated. */
export class UnknownScheduleError extends Error {
  override readonly name = 'UnknownScheduleError';
}

const MINUTE = 60_000;
const UNITS: Readonly<Record<string, number>> = { minute: 1, hour: 60, day: 1440 };

/**
 * The last time in `(after, until]` for which a schedule is planned, if there is one
 * (https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html). A rate counts
 * from 1970 on.
 *
 * @param zone IANA name
 * @throws UnknownScheduleError
 */
export function lastTimeOf(
  expression: string,
  zone: string,
  after: Date,
  until: Date,
): Date | undefined {
  const isDue = readExpression(expression, zone);
  const last = Math.floor(until.getTime() / MINUTE) * MINUTE;
  for (let time = last; time > after.getTime(); time -= MINUTE) {
    if (isDue(new Date(time))) return new Date(time);
  }
  return undefined;
}

function readExpression(expression: string, zone: string): (time: Date) => boolean {
  const [, kind, text = ''] = /^(rate|cron)\((.+)\)$/.exec(expression) ?? [];
  if (kind === 'rate') {
    const [, count, unit = ''] = /^(\d+) (minute|hour|day)s?$/.exec(text) ?? [];
    const minutes = Number(count) * (UNITS[unit] ?? Number.NaN);
    if (minutes > 0) return (time) => time.getTime() % (minutes * MINUTE) === 0;
  }
  const fields = text.split(' ');
  if (kind !== 'cron' || fields.length !== 6) throw new UnknownScheduleError(expression);
  const matchers = fields.map((field) => readField(field, expression));
  const format = new Intl.DateTimeFormat('en-US', { timeZone: zone, ...PARTS });
  return (time) => {
    const parts = new Map(format.formatToParts(time).map(({ type, value }) => [type, value]));
    // Minute, hour, day of the month, month, day of the week (1 is Sunday), year.
    const values = ['minute', 'hour', 'day', 'month', 'weekday', 'year'].map((type) => {
      const value = parts.get(type as Intl.DateTimeFormatPartTypes) ?? '';
      return type === 'weekday' ? WEEKDAYS.indexOf(value) + 1 : Number(value);
    });
    return matchers.every((matches, index) => matches(values[index] ?? Number.NaN));
  };
}

const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

const PARTS: Intl.DateTimeFormatOptions = {
  hourCycle: 'h23',
  minute: 'numeric',
  hour: 'numeric',
  day: 'numeric',
  month: 'numeric',
  weekday: 'short',
  year: 'numeric',
};

/** `*`, `?`, numbers, ranges, lists and steps; names and the letters L, W and # are not emulated. */
function readField(field: string, expression: string): (value: number) => boolean {
  const matchers = field.split(',').map((part) => {
    const [, from = '', to, step = '1'] = /^(\*|\?|\d+)(?:-(\d+))?(?:\/(\d+))?$/.exec(part) ?? [];
    if (from === '') throw new UnknownScheduleError(expression);
    const isAny = from === '*' || from === '?';
    const first = isAny ? 0 : Number(from);
    const hasStep = part.includes('/');
    const last =
      isAny || (hasStep && to === undefined) ? Number.POSITIVE_INFINITY : Number(to ?? from);
    return (value: number) =>
      value >= first && value <= last && (value - first) % Number(step) === 0;
  });
  return (value) => matchers.some((matches) => matches(value));
}
