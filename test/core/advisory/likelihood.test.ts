import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  compileLikelihood,
  decodeLikelihood,
  describeLikelihood,
  highestLikelihood,
} from '../../../core/advisory/likelihood.ts';
import { MalformedAdvisoryError } from '../../../core/advisory/osv.ts';

const ROW = {
  cve: 'CVE-2026-9000001',
  epss: '0.942340000',
  percentile: '0.999120000',
  scoreDate: '2026-11-21T00:00:00+0000',
};

it('keeps score, percentile and day of a row, whatever they are', () => {
  const part = fc.integer({ min: 0, max: 100_000 }).map((n) => n / 100_000);
  fc.assert(
    fc.property(part, part, (score, percentile) => {
      const row = { ...ROW, epss: score.toFixed(5), percentile: percentile.toFixed(5) };
      const { line, modified } = compileLikelihood(row);
      expect(line.split('\t')[0]).toBe(ROW.cve);
      expect(modified).toBe('2026-11-21T00:00:00.000Z');
      expect(decodeLikelihood(line)).toEqual({ score, percentile, date: '2026-11-21' });
    }),
  );
});

it.each([
  ['no CVE id', { cve: 'GHSA-2222-3333-4444' }],
  ['a probability above one', { epss: '1.5' }],
  ['no number', { epss: 'high' }],
  ['a cell that is missing', { percentile: undefined }],
])('refuses a row with %s', (_, wrong) => {
  expect(() => compileLikelihood({ ...ROW, ...wrong })).toThrow(MalformedAdvisoryError);
});

it('takes the highest of what has several ids', () => {
  const scores: Record<string, number> = { 'CVE-2026-1': 0.1, 'CVE-2026-2': 0.7 };
  const likelihoodOf = (id: string) => {
    const score = scores[id];
    return score === undefined ? undefined : { score, percentile: 0.5, date: '2026-11-21' };
  };
  expect(highestLikelihood(['GHSA-1', 'CVE-2026-1', 'CVE-2026-2'], likelihoodOf)?.score).toBe(0.7);
  expect(highestLikelihood(['GHSA-1'], likelihoodOf)).toBeUndefined();
});

describe('for people', () => {
  it.each([
    [0.94234, 0.99912, 'EPSS 0.942 (percentile 99.9)'],
    // Neither certain nor impossible by rounding alone.
    [0.9999, 0.99999, 'EPSS 0.999 (percentile 99.9)'],
    [0.00004, 0.0001, 'EPSS < 0.001 (percentile < 0.1)'],
    [0.29, 0.57, 'EPSS 0.290 (percentile 57.0)'],
    [0, 1, 'EPSS 0.000 (percentile 100.0)'],
  ])('%d and %d read %s', (score, percentile, text) => {
    expect(describeLikelihood({ score, percentile, date: '2026-11-21' })).toBe(text);
  });
});
