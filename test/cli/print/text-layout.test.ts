import { describe, expect, it } from 'vitest';
import { formatBytes } from '../../../cli/print/format-bytes.ts';
import { formatTable } from '../../../cli/print/format-table.ts';
import { createNameShortener } from '../../../cli/print/shorten-names.ts';
import { hangText, wrapText } from '../../../cli/print/wrap-text.ts';

describe('wrapped text', () => {
  it('breaks between words, and never within one', () => {
    expect(wrapText('one two  three four', 9)).toEqual(['one two', 'three', 'four']);
    expect(wrapText('a incomprehensibilities b', 5)).toEqual(['a', 'incomprehensibilities', 'b']);
    expect(wrapText('', 5)).toEqual(['']);
  });

  it('hangs behind its label', () => {
    expect(hangText('Do  ', 'one two three', 11)).toEqual(['Do  one two', '    three']);
  });
});

describe('a table', () => {
  it('is as wide as it must be', () => {
    expect(formatTable(['a', 'b', 'c'], [['1', 'two', '3']], 80)).toEqual([
      '  a  b    c',
      '  1  two  3',
    ]);
  });

  it('cuts its widest column where it must, the first two never', () => {
    const [, row] = formatTable(
      ['s', 'id', 'name'],
      [['high', 'CVE-2026-1234567', 'x'.repeat(90)]],
      50,
    );
    expect(row).toBe(`  high  CVE-2026-1234567  ${'x'.repeat(23)}…`);
    expect(row).toHaveLength(50);
  });
});

it.each([
  [0, '0 bytes'],
  [1, '1 byte'],
  [999, '999 bytes'],
  [1000, '1.0 kB'],
  [12_345, '12.3 kB'],
  [5_000_000_000, '5.0 GB'],
])('writes %i as %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

describe('long names', () => {
  const one = '123456789012.dkr.ecr.eu-central-1.amazonaws.com';
  const other = '210987654321.dkr.ecr.eu-central-1.amazonaws.com';
  const digest = `sha256:${'0123456789abcdef'.repeat(4)}`;

  it('are cut where nobody reads them to the end', () => {
    const { shorten, legend } = createNameShortener(['cgr.dev', one]);
    expect(shorten(`${one}/web:1@${digest}, cgr.dev/a`)).toBe(
      'ecr/web:1@sha256:0123456789ab…, cgr.dev/a',
    );
    expect(legend).toBe(`ecr/ stands for ${one}/`);
  });

  it('stay where two would look alike', () => {
    const { shorten, legend } = createNameShortener([one, other]);
    expect(shorten(`${one}/web:1`)).toBe(`${one}/web:1`);
    expect(legend).toBeNull();
  });
});
