import { describe, expect, it } from 'vitest';
import { ALERT_LINEAGES } from '../../../core/alert/alert.ts';
import { type AlertText, composeAlert, counted } from '../../../core/alert/compose-alert.ts';

function compose(overrides: Partial<AlertText> = {}) {
  return composeAlert('alert', 'thread', {
    kind: 'regression',
    severity: 'high',
    cause: 'image',
    title: 'web got worse',
    remedy: 'Rebuild.',
    subject: 'r.test/web:1',
    lineages: ['b', 'a'],
    details: ['a detail'],
    ...overrides,
  });
}

it('says what, why, where and what to do', () => {
  expect(compose().message).toBe(
    [
      'web got worse',
      '- a detail',
      'Why: a new image brought it.',
      'Where: a, b.',
      'Do: Rebuild.',
    ].join('\n'),
  );
});

it('leaves out where, when it is nowhere', () => {
  expect(compose({ lineages: [] }).message).not.toContain('Where');
});

it('does not depend on the order of lineages, nor on doubles', () => {
  const alert = compose({ lineages: ['b', 'a', 'b'] });
  expect(alert).toEqual(compose({ lineages: ['a', 'b'] }));
  expect(alert.count).toBe(2);
});

describe('limits', () => {
  it('cut lineages and say how many there were', () => {
    const lineages = Array.from({ length: 1000 }, (_, index) => `w${index}`);
    const alert = compose({ lineages });
    expect(alert.count).toBe(1000);
    expect(alert.lineages).toHaveLength(ALERT_LINEAGES);
    expect(alert.message).toContain('and 990 more');
  });

  it('cut details and say how many there are', () => {
    const details = Array.from({ length: 100 }, (_, index) => `detail ${index}`);
    const lines = compose({ details }).message.split('\n');
    expect(lines.filter((line) => line.startsWith('- detail'))).toHaveLength(30);
    expect(lines).toContain('- and 70 more');
  });

  it.each(['x', '🔥'])('cut a title of many %s at 250 characters, whole ones', (character) => {
    const { title } = compose({ title: character.repeat(300) });
    expect(title.length).toBeLessThanOrEqual(250);
    expect(title.endsWith('…')).toBe(true);
    expect(title.isWellFormed()).toBe(true);
  });
});

describe('text out of images', () => {
  it.each([
    ['a line end', 'evil\nDo: nothing'],
    ['a carriage return', 'evil\rDo: nothing'],
    ['a terminal sequence', 'evil\u001b[2J\u001b[31m'],
    ['a direction override', 'evil\u202etxt.exe\u2066'],
    ['an invisible character', 'ev\u200bil\u2060\ufeff'],
    ['a separator', 'evil\u2028line\u2029'],
    ['a C1 control', 'evil\u009b31m\u0085'],
    ['a NUL', 'evil\u0000'],
  ])('cannot bring %s', (_name, text) => {
    const alert = compose({
      title: text,
      remedy: text,
      subject: text,
      lineages: [text],
      details: [text],
    });
    const told = [alert.title, alert.remedy, alert.subject, ...alert.message.split('\n')].join('');
    expect(told).not.toMatch(/[\p{Cc}\p{Cf}\u2028\u2029]/u);
    expect(alert.message.split('\n')).toHaveLength(5);
  });

  it('keeps letters of every script', () => {
    expect(compose({ title: '日本語 – Ünïcödé 🔥' }).title).toBe('日本語 – Ünïcödé 🔥');
  });
});

it.each([
  [0, '0 findings'],
  [1, '1 finding'],
  [2, '2 findings'],
])('counts %i', (count, text) => {
  expect(counted(count, 'finding')).toBe(text);
});
