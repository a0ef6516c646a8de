import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { apkScheme } from '../../../core/version/apk.ts';
import { schemeOf } from '../../../core/version/scheme-of.ts';

// Each test is named after what another scanner does wrong; docs/matching.md lists them.

/** `-1`, `0` or `1`. */
function order(left: string, right: string, ecosystem = 'Wolfi'): number {
  const scheme = schemeOf(ecosystem);
  if (!scheme) throw new Error(`no order of ${ecosystem}`);
  return Math.sign(scheme.compare(scheme.parse(left), scheme.parse(right)));
}

describe('apk versions (Trivy, Grype and Clair share a library)', () => {
  it('go-apk-version sorts a pre-release above its release', () => {
    expect(order('6.0_pre1', '6.0')).toBe(-1);
    expect(order('6.0', '6.0_pre1')).toBe(1);
  });

  it('go-apk-version compares numbers with a leading zero as numbers', () => {
    // apk-tools: as texts, where either begins with a zero.
    expect(order('8.2.0', '8.2.001')).toBe(-1);
    expect(order('8.2.0015', '8.2.002')).toBe(-1);
  });

  it('go-apk-version refuses versions with a commit', () => {
    expect(apkScheme.isValid('1.2.3~0a1b2c3-r0')).toBe(true);
    expect(order('1.2.3~0a1b2c3-r0', '1.2.4-r0')).toBe(-1);
  });

  it('go-apk-version accepts what is no version', () => {
    expect(apkScheme.isValid('!0.1a1')).toBe(false);
  });

  it('osv-scalibr ignores the commit', () => {
    expect(order('1.2.3~aaaaaaa-r0', '1.2.3~bbbbbbb-r0')).toBe(-1);
  });

  it('osv.dev has no transitive order of versions that are none', () => {
    const digits = fc.constantFrom('0', '1', '2', '01', '10');
    const odd = fc
      .array(fc.oneof(digits, fc.constantFrom('.', 'a', 'p1', '_pre', '_p', '-r', '~', '!', '-')), {
        maxLength: 6,
      })
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(odd, odd, odd, (a, b, c) => {
        expect(order(a, b)).toBe(-order(b, a) || 0);
        if (order(a, b) <= 0 && order(b, c) <= 0) expect(order(a, c)).toBeLessThanOrEqual(0);
      }),
      { numRuns: 3000 },
    );
  });
});
