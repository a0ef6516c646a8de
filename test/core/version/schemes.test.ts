import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { apkScheme } from '../../../core/version/apk.ts';
import { debScheme } from '../../../core/version/deb.ts';
import { mavenScheme } from '../../../core/version/maven.ts';
import { pep440Scheme } from '../../../core/version/pep440.ts';
import { rpmScheme } from '../../../core/version/rpm.ts';
import { InvalidVersionError, type VersionScheme } from '../../../core/version/scheme.ts';
import { semverScheme } from '../../../core/version/semver.ts';
import { accepts, GENERATED } from '../../support/version-generators.ts';

const REFERENCE_DATA = process.env.TIDEWATCH_REFERENCE_DATA ?? '../shared';

describe.each(GENERATED)('$name', (scheme, texts) => {
  const accepted = texts.filter((text) => accepts(scheme, text));

  it.skipIf(!existsSync(REFERENCE_DATA))('agrees with the reference comparisons', () => {
    const table = readFileSync(join(REFERENCE_DATA, 'conformance', `${scheme.name}.tsv`), 'utf8');
    const lines = table.split('\n').filter((line) => line !== '');
    const disagreements = lines.filter((line) => {
      const [left = '', operator = '', right = ''] = line.split('\t');
      const expected = scheme === mavenScheme ? byMaven(left, operator, right) : operator;
      return !(
        operatorOf(scheme, left, right) === expected &&
        operatorOf(scheme, right, left) === { '<': '>', '=': '=', '>': '<' }[expected]
      );
    });
    expect(lines.length).toBeGreaterThan(80);
    expect(disagreements).toEqual([]);
  });

  // Sorted, each pair of a hundred must stand as its places say: 10,000 versions, 500,000 pairs.
  it('is a total order: antisymmetric, transitive, and equal ones stand alike to all others', () => {
    const hundred = fc.array(accepted, { minLength: 100, maxLength: 100, size: 'max' });
    fc.assert(
      fc.property(hundred, (versions) => {
        expect(misplaced(scheme, versions)).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });

  it('gives the same for the same text', () => {
    fc.assert(
      fc.property(accepted, (text) => {
        expect(order(scheme, text, text)).toBe(0);
      }),
      { numRuns: 300 },
    );
  });

  it('parses what it calls valid', () => {
    fc.assert(
      fc.property(texts, (text) => !scheme.isValid(text) || accepts(scheme, text)),
      { numRuns: 1000 },
    );
  });
});

/** Pairs that do not stand to each other as their places in the sorted list say. */
function misplaced(scheme: VersionScheme, versions: readonly string[]): string[] {
  const sorted = versions
    .map((text) => ({ text, value: scheme.parse(text) }))
    .sort((left, right) => scheme.compare(left.value, right.value));
  const places = placesOf(scheme, sorted);
  const orderOf = (i: number, j: number) =>
    Math.sign(scheme.compare(sorted[i]?.value, sorted[j]?.value));
  const placed = sorted.map(({ text }, index) => ({ text, index, place: places[index] ?? 0 }));
  return placed.flatMap((left) =>
    placed
      .filter((right) => orderOf(left.index, right.index) !== Math.sign(left.place - right.place))
      .map((right) => `${left.text} ${right.text}`),
  );
}

/** Where each of sorted versions stands; equal neighbours share a place. */
function placesOf(
  scheme: VersionScheme,
  sorted: readonly { readonly value: unknown }[],
): readonly number[] {
  let place = 0;
  return sorted.map(({ value }, index) => {
    const before = sorted[index - 1];
    if (before && scheme.compare(before.value, value) !== 0) place++;
    return place;
  });
}

/**
 * Maven's own answer (ComparableVersion of 3.9.11, asked) where the reference table, which
 * was made by another implementation, says `<` or `=`: in all of them the left is above.
 */
const ABOVE_FOR_MAVEN: ReadonlySet<string> = new Set([
  // A word without a number behind it is left out where it says nothing: 1-[[1]].
  '1-1 1-ga-1',
  // A hyphen and a number: the list is above any word.
  '2.9.0-1 2.9.0.RC1',
  '1.1.0-01-glassfish 1.1.0.Beta1',
  // Words alike, then numbers or words: the number of a list within is compared.
  '1.0.0-RC16 1.0.0.RC8-beta',
  '1.0.0-gradle-rework-beta3 1.0.0.RC7-3',
  '6.1.12.rc5 6.1.12rc1',
  '1.5.9.RC1 1.5.9-RC0',
  // rc is above beta, with or without a dot.
  '1.0.0rc0 1.0.beta8',
  // The letters of sec10 end at its digits, so `sec` is compared with `_noneautotype`.
  ...['1.1.31', '1.1.34', '1.1.46', '1.2.31', '1.2.48', '1.2.50', '1.2.54', '1.2.57', '1.2.60'].map(
    (version) => `${version}.sec10 ${version}_noneautotype`,
  ),
  '1.2.67.sec10 1.2.67_noneautotype',
  '1.2.8.sec10_noneautotype 1.2.8_noneautotype',
]);

function byMaven(left: string, operator: string, right: string): string {
  return ABOVE_FOR_MAVEN.has(`${left} ${right}`) ? '>' : operator;
}

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

describe('rpm', () => {
  it.each(['', ' ', '1 0', '1.0\n'])('refuses %j', (version) => {
    expect(() => rpmScheme.parse(version)).toThrow(InvalidVersionError);
  });

  it.each([
    ['1:1.0~rc1^git1-1.el9', true],
    ['1.0', true],
    ['1.0-', false],
    ['a:1.0-1', false],
    ['1.0/1-1', false],
  ])('knows whether its grammar accepts %j', (version, valid) => {
    expect(rpmScheme.isValid(version)).toBe(valid);
  });

  it('knows the caret, which is above the end and below all else', () => {
    expect(operatorOf(rpmScheme, '1.0', '1.0^')).toBe('<');
    expect(operatorOf(rpmScheme, '1.0^20160101', '1.0.1')).toBe('<');
    expect(operatorOf(rpmScheme, '1.0^git1', '1.0^git1~rc1')).toBe('>');
    expect(operatorOf(rpmScheme, '1.0~rc1^git1', '1.0~rc1')).toBe('>');
  });

  it('compares epoch, version and release; a missing epoch is 0', () => {
    expect(operatorOf(rpmScheme, '1:1.0-1', '2.0-1')).toBe('>');
    expect(operatorOf(rpmScheme, '0:1.0-1', '1.0-1')).toBe('=');
    expect(operatorOf(rpmScheme, '1.0-9.el9', '1.0-10.el9')).toBe('<');
    expect(operatorOf(rpmScheme, '1.0-1.el9', '1.0-1.el9_3.1')).toBe('<');
    expect(operatorOf(rpmScheme, '1.0', '1.0-0')).toBe('<');
  });

  it('takes the signs of module builds for separators', () => {
    expect(operatorOf(rpmScheme, '1-1.module+el8.9.0+1', '1-1.module_el8.9.0+1')).toBe('=');
  });
});

describe('maven', () => {
  it.each(['', ' ', '1 0', '1.0\n'])('refuses %j', (version) => {
    expect(() => mavenScheme.parse(version)).toThrow(InvalidVersionError);
  });

  it.each([
    ['1.0-SNAPSHOT', true],
    ['2.0.0.RELEASE', true],
    ['v3.7.0_1+b', true],
    ['1.0$', false],
    ['[1.0,2.0)', false],
  ])('knows whether Maven would publish %j', (version, valid) => {
    expect(mavenScheme.isValid(version)).toBe(valid);
  });

  it('orders the qualifiers as the POM reference lists them', () => {
    const sorted =
      '1-alpha 1-alpha-1 1-beta 1-milestone 1-rc 1-cr2 1-snapshot 1 1-sp 1-abc 1-xyz 1-1 1-2 1.1'.split(
        ' ',
      );
    for (const [index, version] of sorted.entries()) {
      const next = sorted[index + 1];
      if (next !== undefined) {
        expect([version, operatorOf(mavenScheme, version, next)]).toEqual([version, '<']);
      }
    }
  });

  it('takes what says nothing for nothing', () => {
    for (const same of ['1', '1.0', '1.0.0', '1-ga', '1.Final', '1-release', '1.0-0', '1-']) {
      expect([same, operatorOf(mavenScheme, same, '1')]).toEqual([same, '=']);
    }
    expect(operatorOf(mavenScheme, '1a1', '1-alpha-1')).toBe('=');
    expect(operatorOf(mavenScheme, '1.0.0-RC1', '1.0.0.rc1')).toBe('=');
  });

  it('stays an order where Maven runs in a circle', () => {
    // Maven: 1.0.beta-1 < 1 < 1-sp < 1.0.beta-1.
    expect(operatorOf(mavenScheme, '1.0.beta-1', '1')).toBe('<');
    expect(operatorOf(mavenScheme, '1', '1-sp')).toBe('<');
    expect(operatorOf(mavenScheme, '1.0.beta-1', '1-sp')).toBe('<');
  });
});

describe('semver', () => {
  it('orders what Go writes', () => {
    // https://go.dev/ref/mod#pseudo-versions
    const sorted = [
      'v0.0.0-20191109021931-daa7c04131f5',
      'v0.0.0-20191216000000-0123456789ab',
      '1.21.9',
      '1.22.0-0',
      '1.22.0-rc.1',
      '1.22.0-rc.10',
      '1.22.0',
      'v1.22.1-0.20260101000000-0123456789ab',
      '1.22.1',
      '2.0.0+incompatible',
    ];
    for (const [index, version] of sorted.entries()) {
      const next = sorted[index + 1];
      if (next !== undefined) {
        expect([version, operatorOf(semverScheme, version, next)]).toEqual([version, '<']);
      }
    }
    expect(operatorOf(semverScheme, 'v2.0.0+incompatible', '2.0.0')).toBe('=');
  });

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

function order(scheme: VersionScheme, left: string, right: string): number {
  return Math.sign(scheme.compare(scheme.parse(left), scheme.parse(right)));
}

function operatorOf(scheme: VersionScheme, left: string, right: string): string {
  return ['<', '=', '>'][order(scheme, left, right) + 1] ?? '';
}
