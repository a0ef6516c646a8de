/** When nights start: a time of day in a time zone. */
export interface NightTime {
  /** `HH:MM` */
  readonly time: string;
  /** IANA name, `Etc/UTC`. */
  readonly zone: string;
}

/** The next start of a night after `now`. An hour that a clock change leaves out or has twice comes once, as the scheduler has it. */
export function nextNight({ time, zone }: NightTime, now: Date): Date {
  const [hour = 0, minute = 0] = time.split(':').map(Number);
  const today = now.getTime() + offsetAt(zone, now.getTime());
  // A zone's day may be a day ahead of or behind UTC's.
  for (const days of [-1, 0, 1]) {
    const day = new Date(today + days * 86_400_000);
    const local = Date.UTC(day.getUTCFullYear(), day.getUTCMonth(), day.getUTCDate(), hour, minute);
    const start = local - offsetAt(zone, local - offsetAt(zone, local));
    if (start > now.getTime()) return new Date(start);
  }
  throw new RangeError(`no night at ${time} ${zone}`);
}

/** Milliseconds by which a zone's clocks are ahead of UTC at an instant. */
function offsetAt(zone: string, instant: number): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(instant);
  const part = (type: Intl.DateTimeFormatPartTypes) =>
    Number(parts.find((each) => each.type === type)?.value);
  const local = Date.UTC(
    part('year'),
    part('month') - 1,
    part('day'),
    part('hour'),
    part('minute'),
    part('second'),
  );
  return local - Math.floor(instant / 1000) * 1000;
}
