import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { apkScheme } from '../../../core/version/apk.ts';
import { debScheme } from '../../../core/version/deb.ts';
import { pep440Scheme } from '../../../core/version/pep440.ts';
import { InvalidVersionError, type VersionScheme } from '../../../core/version/scheme.ts';
import { semverScheme } from '../../../core/version/semver.ts';

const REFERENCE_DATA = process.env.TIDEWATCH_REFERENCE_DATA ?? '../shared';

/** Texts of the alphabet of versions: most are odd, many are near each other. */
const oddText = (alphabet: string) =>
  fc.string({ unit: fc.constantFrom(...alphabet), minLength: 1, maxLength: 8 });

const SCHEMES: readonly (readonly [VersionScheme, fc.Arbitrary<string>])[] = [
  [
    apkScheme,
    fc.oneof(
      oddText('0019.a_p~-r'),
      oddText('0123.').map((text) => `1${text}_rc-r1`),
    ),
  ],
  [debScheme, oddText('0019.a~+-:Z')],
  [pep440Scheme, oddText('0019.ab!+-rcdevpost')],
  [
    semverScheme,
    fc.oneof(
      oddText('0019.a-+v'),
      oddText('019a.-').map((text) => `1.0.0-${text}`),
    ),
  ],
];

describe.each(SCHEMES)('$name', (scheme, texts) => {
  const accepted = texts.filter((text) => accepts(scheme, text));

  it.skipIf(!existsSync(REFERENCE_DATA))('agrees with the reference comparisons', () => {
    const table = readFileSync(join(REFERENCE_DATA, 'conformance', `${scheme.name}.tsv`), 'utf8');
    const lines = table.split('\n').filter((line) => line !== '');
    const disagreements = lines.filter((line) => {
      const [left = '', operator = '', right = ''] = line.split('\t');
      return !(
        operatorOf(scheme, left, right) === operator &&
        operatorOf(scheme, right, left) === { '<': '>', '=': '=', '>': '<' }[operator]
      );
    });
    expect(lines.length).toBeGreaterThan(80);
    expect(disagreements).toEqual([]);
  });

  it('is antisymmetric', () => {
    fc.assert(
      fc.property(accepted, accepted, (a, b) => {
        expect(order(scheme, a, b) + order(scheme, b, a)).toBe(0);
      }),
      { numRuns: 300 },
    );
  });

  it('is transitive', () => {
    fc.assert(
      fc.property(accepted, accepted, accepted, (...versions) => {
        const [a, b, c] = versions.sort((left, right) => order(scheme, left, right));
        expect(order(scheme, a, b)).toBeLessThanOrEqual(0);
        expect(order(scheme, b, c)).toBeLessThanOrEqual(0);
        expect(order(scheme, a, c)).toBeLessThanOrEqual(0);
      }),
      { numRuns: 300 },
    );
  });

  it('parses what it calls valid', () => {
    fc.assert(
      fc.property(texts, (text) => !scheme.isValid(text) || accepts(scheme, text)),
      { numRuns: 300 },
    );
  });
});

describe('apk', () => {
  it.each([
    ['1.0-r0', true],
    ['1.2.3b_rc1_git20260101~abc123-r12', true],
    ['1.1.0-r1-r0', false],
    ['1.0bc', false],
    ['6.6.2p1', false],
    ['', false],
    ['1.0\n', false],
  ])('knows whether its grammar accepts %j', (version, valid) => {
    expect(apkScheme.isValid(version)).toBe(valid);
  });

  it('orders texts that its grammar refuses', () => {
    expect(operatorOf(apkScheme, 'garbage', '')).toBe('=');
    expect(operatorOf(apkScheme, 'garbage', '0')).toBe('<');
    expect(operatorOf(apkScheme, '1.0-r1-r0', '1.0-r1')).toBe('<');
    expect(operatorOf(apkScheme, '1.0-foo', '1.0_rc1')).toBe('>');
  });

  it('compares numbers of any size, and with a leading zero as text', () => {
    expect(operatorOf(apkScheme, `1.${'9'.repeat(70_000)}`, `1.1${'0'.repeat(70_000)}`)).toBe('<');
    expect(operatorOf(apkScheme, '8.2.0015', '8.2.002')).toBe('<');
    expect(operatorOf(apkScheme, '8.2.0', '8.2.001')).toBe('<');
  });
});

describe('deb', () => {
  it.each(['', 'a:1.0', '1.0_1', '1.0 ', ':1', '1.0-', '1-1\n'])('refuses %j', (version) => {
    expect(() => debScheme.parse(version)).toThrow(InvalidVersionError);
  });

  it('takes a missing epoch and a missing revision as zero', () => {
    expect(operatorOf(debScheme, '0:1', '1-0')).toBe('=');
    expect(operatorOf(debScheme, '1.0~rc1', '1.0')).toBe('<');
    expect(operatorOf(debScheme, '1:0', '9')).toBe('>');
  });
});

describe('pep440', () => {
  it.each(['', 'legacy', '1.0-foo', '1.0+', '1..0'])('refuses %j', (version) => {
    expect(() => pep440Scheme.parse(version)).toThrow(InvalidVersionError);
  });

  it('orders the suffixes as PEP 440 lists them', () => {
    const sorted = '1.dev0 1a1.dev1 1a1 1a1.post1 1b1 1rc1 1 1+a 1+1 1.post1.dev1 1.post1 1.1 1!0';
    for (const [index, version] of sorted.split(' ').entries()) {
      const next = sorted.split(' ')[index + 1];
      if (next !== undefined)
        expect([version, operatorOf(pep440Scheme, version, next)]).toEqual([version, '<']);
    }
    expect(operatorOf(pep440Scheme, 'v1.0.0-ALPHA_1', '1a1')).toBe('=');
  });
});

describe('semver', () => {
  it.each(['', '1.0.0-', '1.0.0-a..b', 'x', '1.0 0'])('refuses %j', (version) => {
    expect(() => semverScheme.parse(version)).toThrow(InvalidVersionError);
  });

  it.each([
    ['v1.2.3', true],
    ['1.2', false],
    ['01.2.3', false],
    ['1.2.3-01', false],
    ['1.2.3-0a+b', true],
  ])('knows whether its grammar accepts %j', (version, valid) => {
    expect(semverScheme.isValid(version)).toBe(valid);
  });
});

function accepts(scheme: VersionScheme, text: string): boolean {
  try {
    scheme.parse(text);
    return true;
  } catch (error) {
    if (error instanceof InvalidVersionError) return false;
    throw error;
  }
}

function order(scheme: VersionScheme, left: string, right: string): number {
  return Math.sign(scheme.compare(scheme.parse(left), scheme.parse(right)));
}

function operatorOf(scheme: VersionScheme, left: string, right: string): string {
  return ['<', '=', '>'][order(scheme, left, right) + 1] ?? '';
}
