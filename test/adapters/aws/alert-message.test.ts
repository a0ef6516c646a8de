import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import * as z from 'zod';
import {
  ALERT_MESSAGE_BYTES,
  AlertMessage,
  formatAlertMessage,
  PublishedAlert,
} from '../../../adapters/aws/alert-message.ts';
import { anAlert } from '../../support/state-builders.ts';

it('leaves an alert that fits as it is', () => {
  const alert = anAlert({ message: 'é'.repeat(100_000) });

  expect(JSON.parse(formatAlertMessage(alert, null))).toEqual({
    schema: 'tidewatch.alert/1',
    ...alert,
  });
});

it('names the report of the night, where there is one', () => {
  const report = 'https://reports.test/1';

  const message = JSON.parse(formatAlertMessage(anAlert(), report));

  expect(PublishedAlert.parse(message).report).toBe(report);
  expect(JSON.parse(formatAlertMessage(anAlert(), null))).not.toHaveProperty('report');
});

it('keeps as much of a long text as fits, and says how much is missing', () => {
  const alert = anAlert({ message: 'a'.repeat(300_000) });

  const json = formatAlertMessage(alert, null);

  const { message, ...rest } = AlertMessage.parse(JSON.parse(json));
  const [, kept = '', missing] = /^(a+)… \((\d+) more characters\)$/.exec(message) ?? [];
  expect(kept.length + Number(missing)).toBe(300_000);
  expect(Buffer.byteLength(json)).toBeLessThanOrEqual(ALERT_MESSAGE_BYTES);
  expect(Buffer.byteLength(json)).toBeGreaterThan(ALERT_MESSAGE_BYTES - 10);
  expect({ ...rest, message: alert.message }).toEqual(alert);
});

it('cuts the other fields when they alone are too long; the count stays', () => {
  const long = 'x'.repeat(200_000);
  const alert = anAlert({
    title: long,
    remedy: long,
    subject: long,
    lineages: Array(50).fill(long),
    count: 1234,
    message: 'short',
  });

  const cut = AlertMessage.parse(JSON.parse(formatAlertMessage(alert, null)));

  expect(cut).toMatchObject({ count: 1234, lineages: [], message: 'short' });
  expect(cut.title).toBe(`${'x'.repeat(1000)}… (199000 more characters)`);
});

it('fits whatever the text is, and never splits a character', () => {
  const texts = fc
    .tuple(fc.string({ unit: 'grapheme', minLength: 1 }), fc.integer({ min: 1, max: 120_000 }))
    .map(([unit, times]) => unit.repeat(times).slice(0, 400_000));
  void fc.assert(
    fc.property(texts, texts, (message, title) => {
      const json = formatAlertMessage(anAlert({ message, title }), null);
      expect(Buffer.byteLength(json)).toBeLessThanOrEqual(ALERT_MESSAGE_BYTES);
      expect(json.includes('\\ud')).toBe(false);
    }),
    { numRuns: 20 },
  );
});

it('is what docs/alert.schema.json says', () => {
  const published = JSON.parse(readFileSync('docs/alert.schema.json', 'utf8'));
  const { $schema, ...schema } = z.toJSONSchema(PublishedAlert, { io: 'input' });

  expect(published, 'z.toJSONSchema(PublishedAlert, { io: "input" })').toMatchObject({
    $schema,
    ...schema,
  });
  const message = JSON.parse(formatAlertMessage(anAlert(), null));
  expect(published.required.toSorted()).toEqual(Object.keys(message).sort());
});
