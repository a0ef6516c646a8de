import { expect, it } from 'vitest';
import { nextNight } from '../../../core/run/next-night.ts';

it.each([
  ['2026-03-09T02:00:00.000Z', '02:00', 'Etc/UTC', '2026-03-10 02:00'],
  ['2026-03-09T01:59:00.000Z', '02:00', 'Etc/UTC', '2026-03-09 02:00'],
  ['2026-12-31T23:30:00.000Z', '23:30', 'Etc/UTC', '2027-01-01 23:30'],
  // One o'clock in winter, two in summer.
  ['2026-03-28T01:00:00.000Z', '02:00', 'Europe/Berlin', '2026-03-29 02:00'],
  ['2026-06-01T00:00:00.000Z', '02:00', 'Europe/Berlin', '2026-06-02 02:00'],
  // Yesterday's date there.
  ['2026-06-01T02:00:00.000Z', '23:00', 'America/Los_Angeles', '2026-05-31 23:00'],
])('after %s comes the night of %s in %s at %s', (after, at, timeZone, expected) => {
  expect(nextNight(after, { at, timeZone })).toBe(`${expected} ${timeZone}`);
});
