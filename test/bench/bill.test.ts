import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { billOf, type Counted, METRICS, sumOf } from '../../bench/bill.ts';

const NOTHING: Counted = {
  alarms: 0,
  mappings: 0,
  sweep: {},
  look: {},
  push: {},
  digests: 0,
  night: { calls: {}, seconds: 0, invocations: 0, operations: 0, writtenBytes: 0 },
};

describe('the bill', () => {
  it('has every metric that the functions write', () => {
    const sources = globSync('lambda/*/handler.ts').map((file) => readFileSync(file, 'utf8'));
    const names = sources.join('').matchAll(/\b(?:[A-Z][a-z]+){2,}(?=: )/g);

    expect(new Set(Array.from(names, ([name]) => name))).toHaveProperty('size', METRICS);
  });

  it('grows by what each call costs, as often as it is made', () => {
    const with1000Gets = {
      ...NOTHING,
      night: { ...NOTHING.night, calls: { 's3:GetObject': 1000 } },
    };
    const less = billOf(NOTHING);
    const more = billOf(with1000Gets);

    expect(more['object requests']).toBeCloseTo(30 * 0.0004);
    expect(more.functions).toBeGreaterThan(less.functions ?? 0);
    expect(more.table).toBe(less.table);
    expect(sumOf(billOf({ ...NOTHING, alarms: 19 })) - sumOf(less)).toBeCloseTo(1.9);
  });
});
