import fc from 'fast-check';
import { expect, it } from 'vitest';
import { nextNight } from '../../../core/run/next-night.ts';

it.each([
  ['Etc/UTC', '02:00', '2026-06-01T01:59:59.999Z', '2026-06-01T02:00:00.000Z'],
  ['Etc/UTC', '02:00', '2026-06-01T02:00:00.000Z', '2026-06-02T02:00:00.000Z'],
  ['Europe/Berlin', '02:00', '2026-06-01T01:00:00.000Z', '2026-06-02T00:00:00.000Z'],
  ['Europe/Berlin', '04:00', '2026-10-24T12:00:00.000Z', '2026-10-25T03:00:00.000Z'],
  ['Pacific/Kiritimati', '00:30', '2026-06-01T10:00:00.000Z', '2026-06-01T10:30:00.000Z'],
  ['Pacific/Pago_Pago', '23:30', '2026-06-02T10:00:00.000Z', '2026-06-02T10:30:00.000Z'],
  ['Asia/Kathmandu', '02:00', '2026-06-01T00:00:00.000Z', '2026-06-01T20:15:00.000Z'],
])('in %s at %s, after %s: %s', (zone, time, now, expected) => {
  expect(nextNight({ time, zone }, new Date(now)).toISOString()).toBe(expected);
});

it('lies ahead, by a day and an hour at most, whatever the zone and the season', () => {
  const zones = fc.constantFrom('Etc/UTC', 'Europe/Berlin', 'America/St_Johns', 'Pacific/Apia');
  const minutes = fc.integer({ min: 0, max: 24 * 60 - 1 });
  const days = fc.date({
    min: new Date('2020-01-01'),
    max: new Date('2035-01-01'),
    noInvalidDate: true,
  });
  fc.assert(
    fc.property(zones, minutes, days, (zone, minute, now) => {
      const time = [Math.floor(minute / 60), minute % 60]
        .map((each) => String(each).padStart(2, '0'))
        .join(':');
      const ahead = nextNight({ time, zone }, now).getTime() - now.getTime();
      expect(ahead).toBeGreaterThan(0);
      expect(ahead).toBeLessThanOrEqual(26 * 3_600_000);
    }),
  );
});
