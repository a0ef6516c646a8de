import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { CHAT_LIMITS, composeChat } from '../../../core/alert/chat-notification.ts';
import { composeAlert } from '../../../core/alert/compose-alert.ts';
import { composeMail, MAIL_LIMIT, SUBJECT_LIMIT } from '../../../core/alert/mail.ts';
import { senderOf } from '../../../core/alert/sender.ts';
import { aNotice, anAlert } from '../../support/state-builders.ts';

/** https://docs.aws.amazon.com/chatbot/latest/adminguide/custom-notifs.html */
const CustomNotification = z.strictObject({
  version: z.literal('1.0'),
  source: z.literal('custom'),
  id: z.string().optional(),
  content: z.strictObject({
    textType: z.literal('client-markdown'),
    title: z.string().max(250),
    description: z.string().min(1).max(8000),
    nextSteps: z.array(z.string().max(350)).optional(),
    keywords: z.array(z.string().max(75)).optional(),
  }),
  metadata: z.strictObject({
    threadId: z.string().optional(),
    summary: z.string().optional(),
    additionalContext: z.record(z.string(), z.string()),
  }),
});

const FRAME = { sender: senderOf('shop'), report: null };

const ALERT = composeAlert('alert-1', 'thread-1', {
  kind: 'regression',
  severity: 'high',
  cause: 'image',
  title: 'web got worse',
  remedy: 'Rebuild r.test/web:1.',
  subject: 'r.test/web:1',
  lineages: ['ecs/prod/web|web|linux/amd64'],
  details: ['CVE-2026-0001 in openssl 3.5.1-r0'],
});

describe('a chat notification', () => {
  it('says once what, why, where and what to do', () => {
    expect(composeChat(ALERT, FRAME)).toEqual({
      version: '1.0',
      source: 'custom',
      id: 'alert-1',
      content: {
        textType: 'client-markdown',
        title: 'Tidewatch (shop) · High: web got worse',
        description: [
          '• CVE-2026-0001 in openssl `3.5.1-r0`',
          'Why: a new image brought it.',
          'Where: `ecs/prod/web` (web, `linux/amd64`).',
        ].join('\n'),
        nextSteps: ['Rebuild `r.test/web:1`.'],
        keywords: ['regression', 'high', 'image'],
      },
      metadata: {
        threadId: 'thread-1',
        summary: 'Tidewatch (shop) · High: web got worse',
        additionalContext: {
          alertId: 'alert-1',
          kind: 'regression',
          severity: 'high',
          cause: 'image',
          subject: 'r.test/web:1',
          count: '1',
        },
      },
    });
  });

  it('is one line of a quiet night, in no thread', () => {
    const { content, metadata } = composeChat(aNotice(), FRAME);

    expect(content).toEqual({
      textType: 'client-markdown',
      title: 'Tidewatch (shop) · Quiet night',
      description: '214 digests scanned, 3 feeds fresh.',
    });
    expect(metadata).toEqual({ additionalContext: { alertId: 'quiet-1', kind: 'notice' } });
  });

  it('ends in the report of the night, which can be followed', () => {
    const report = 'https://eu-west-1.console.test/s3/object/b?region=eu-west-1&prefix=runs%2F1';
    const { description } = composeChat(ALERT, { ...FRAME, report }).content;
    expect(description.split('\n').at(-1)).toBe(`Report: ${report}`);
    expect(composeMail(ALERT, { ...FRAME, report }).text).toContain(`\n\nReport: ${report}\n`);
  });

  it('counts the details that are cut, and keeps why and where', () => {
    const details = Array.from({ length: 300 }, (_, n) => `- ${n} ${'detail '.repeat(20)}`);
    const message = [ALERT.title, ...details, 'Why: so.', 'Where: here.'].join('\n');

    const { description } = composeChat({ ...ALERT, message }, FRAME).content;

    const lines = description.split('\n');
    const told = lines.filter((line) => line.startsWith('• ')).length;
    expect(lines.slice(told)).toEqual([
      `… and ${300 - told} more lines`,
      'Why: so.',
      'Where: here.',
    ]);
    expect(description.length).toBeGreaterThan(CHAT_LIMITS.description - 300);
  });
});

it('writes a mail with the whole text, and its ids', () => {
  const { subject, text } = composeMail(ALERT, FRAME);

  expect(subject).toBe('[Tidewatch (shop)] High: web got worse');
  expect(text).toBe(`${ALERT.message}\n\nTidewatch (shop) · alert alert-1 · thread thread-1`);
  expect(composeMail(aNotice(), FRAME).subject).toBe('[Tidewatch (shop)] Quiet night');
});

const anyText = fc
  .tuple(
    fc.array(fc.string({ unit: 'binary', maxLength: 40 }), { maxLength: 30 }),
    fc.integer({ min: 1, max: 400 }),
  )
  .map(([lines, times]) => Array(times).fill(lines.join('\n- ')).join('\n'));

/** As long as CloudFormation takes. */
const aStack = fc.stringMatching(/^[a-z][a-z0-9-]{0,127}$/);

const aFrame = fc.record({
  sender: aStack.map(senderOf),
  report: fc.option(fc.webUrl({ withQueryParameters: true })),
});

it.each([
  [null, 'Tidewatch'],
  ['Tidewatch', 'Tidewatch'],
  ['tidewatch-shop', 'tidewatch-shop'],
  ['shop', 'Tidewatch (shop)'],
])('names Tidewatch once in a message of the stack %s', (stack, name) => {
  const frame = { sender: senderOf(stack), report: null };
  expect(composeChat(aNotice(), frame).content.title).toBe(`${name} · Quiet night`);
  expect(composeMail(aNotice(), frame).subject).toBe(`[${name}] Quiet night`);
});

it('keeps every limit, whatever an image or a feed says', () => {
  void fc.assert(
    fc.property(anyText, anyText, anyText, aFrame, (title, remedy, message, frame) => {
      const alert = anAlert({ title, remedy, subject: title, message });
      const chat = composeChat(alert, frame);
      const mail = composeMail(alert, frame);

      expect(CustomNotification.safeParse(chat).error).toBeUndefined();
      expect(JSON.stringify(chat).isWellFormed() && JSON.stringify(mail).isWellFormed()).toBe(true);
      expect(mail.subject.length).toBeLessThanOrEqual(SUBJECT_LIMIT);
      expect(mail.subject).not.toMatch(/\p{Cc}/u);
      expect(mail.text.length).toBeLessThanOrEqual(MAIL_LIMIT);
      expect(mail.text).not.toMatch(/[^\P{Cc}\n]/u);
    }),
    { numRuns: 60 },
  );
});
