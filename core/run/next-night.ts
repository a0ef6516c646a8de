/** When nights start. */
export interface NightSchedule {
  /** `HH:MM`, on the clock of the time zone. */
  readonly at: string;
  /** IANA's name: `Europe/Berlin`. */
  readonly timeZone: string;
}

/** The first night after an instant, as that place's clock has it: `2026-03-10 02:00 Europe/Berlin`. */
export function nextNight(after: string, { at, timeZone }: NightSchedule): string {
  const clock = new Intl.DateTimeFormat('sv-SE', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  // Swedish writes dates as ISO 8601 does.
  const [date = '', time = ''] = clock.format(new Date(after)).split(' ');
  const day = new Date(`${date}T00:00:00Z`);
  if (time >= at) day.setUTCDate(day.getUTCDate() + 1);
  return `${day.toISOString().slice(0, 'YYYY-MM-DD'.length)} ${at} ${timeZone}`;
}
