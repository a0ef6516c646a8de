import { expect, it } from 'vitest';
import { createPaint } from '../../../cli/print/paint.ts';
import { alertBlock, alertLine } from '../../../cli/print/print-alert.ts';
import type { Alert } from '../../../core/alert/alert.ts';
import { type AlertText, composeAlert } from '../../../core/alert/compose-alert.ts';

const STYLE = {
  paint: createPaint(false),
  width: 60,
  indent: '  ',
  shorten: (text: string) => text.replaceAll('long.example', 'l'),
};

function anAlert(overrides: Partial<AlertText> = {}): Alert {
  return composeAlert('0123456789abcdef', 'fedcba9876543210', {
    kind: 'regression',
    severity: 'high',
    cause: 'image',
    title: 'long.example/web:2 got worse: shell',
    remedy: 'Roll back to the digest before.',
    subject: 'long.example/web:2',
    lineages: ['ecs/prod/web|web|linux/amd64', 'ecs/prod/web|proxy|linux/amd64'],
    details: ['Has a shell: /bin/sh.'],
    ...overrides,
  });
}

it('shows what, why, where, what to do, and the thread', () => {
  expect(alertBlock(anAlert(), null, STYLE)).toEqual([
    '  ┃ regression, high',
    '  ┃ l/web:2 got worse: shell',
    '  ┃ What    Has a shell: /bin/sh.',
    '  ┃ Why     a new image brought it.',
    '  ┃ Where   ecs/prod/web proxy, ecs/prod/web (linux/amd64)',
    '  ┃ Do      Roll back to the digest before.',
    '  ┃ Thread  fedcba98',
  ]);
});

it('tells the images apart that one container runs at once', () => {
  const lineage = 'ecs/prod/web|web|linux/amd64';
  const lineages = [lineage, `${lineage}|sha256:${'ab'.repeat(32)}`];

  expect(alertBlock(anAlert({ lineages }), null, { ...STYLE, width: 200 })).toContain(
    '  ┃ Where   ecs/prod/web, ecs/prod/web at sha256:abababababab (linux/amd64)',
  );
});

it('says when the thread was opened, if another alert did', () => {
  const resolved = anAlert({ kind: 'resolved', severity: 'none' });
  expect(alertBlock(resolved, 'Saturday', STYLE)[0]).toBe('  ┃ resolved');
  expect(alertBlock(resolved, 'Saturday', STYLE).at(-1)).toBe(
    '  ┃ Thread  fedcba98, opened Saturday',
  );
});

it('counts the places that it does not name, and leaves them out when there are none', () => {
  const lineages = Array.from({ length: 80 }, (_, index) => `lambda/f${index}|f|linux/arm64`);
  const block = alertBlock(anAlert({ lineages }), null, STYLE).join(' ').replace(/ ┃ +/g, '');
  expect(block).toContain('and 74 more places');

  const nowhere = alertBlock(anAlert({ lineages: [] }), null, STYLE).join('\n');
  expect(nowhere).not.toContain('Where');
});

it('lets nothing foreign reach the terminal', () => {
  // A message that another program sent to the topic: nobody has composed it.
  const forged = { ...anAlert(), title: 'a\u001B]0;owned\u0007b', remedy: 'c\u202Ed' };
  const text = [...alertBlock(forged, null, STYLE), alertLine(forged, STYLE)].join('');

  expect(text).toContain('a ]0;owned b');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the very thing that must not be there.
  expect(text).not.toMatch(/[\u0000-\u001F\u202E]/);
});

it('fits a line where only a line is wanted', () => {
  expect(alertLine(anAlert(), STYLE)).toBe('  regression, high: l/web:2 got worse: shell');
});
