import fc from 'fast-check';
import { apkScheme } from '../../core/version/apk.ts';
import { debScheme } from '../../core/version/deb.ts';
import { mavenScheme } from '../../core/version/maven.ts';
import { pep440Scheme } from '../../core/version/pep440.ts';
import { rpmScheme } from '../../core/version/rpm.ts';
import { InvalidVersionError, type VersionScheme } from '../../core/version/scheme.ts';
import { semverScheme } from '../../core/version/semver.ts';

/** Numbers that are near each other, with leading zeros, and beyond any integer. */
const NUMBER = fc.constantFrom('0', '1', '2', '9', '10', '00', '01', '09', '9007199254740993');

/** One or several numbers. */
const NUMBERS = fc
  .array(NUMBER, { minLength: 1, maxLength: 4 })
  .map((numbers) => numbers.join('.'));

/** Texts of the alphabet of versions: most are odd, many are near each other. */
function oddText(alphabet: string): fc.Arbitrary<string> {
  return fc.string({ unit: fc.constantFrom(...alphabet), minLength: 1, maxLength: 8 });
}

/** Pieces after one another. */
function sequence(...parts: readonly fc.Arbitrary<string>[]): fc.Arbitrary<string> {
  return fc.tuple(...parts).map((texts) => texts.join(''));
}

/** One of them, or nothing. */
function maybe(...texts: readonly string[]): fc.Arbitrary<string> {
  return fc.constantFrom('', '', ...texts);
}

/** Some of them, in any order and number. */
function several(...texts: readonly string[]): fc.Arbitrary<string> {
  return fc.array(fc.constantFrom(...texts), { maxLength: 3 }).map((all) => all.join(''));
}

/** Every scheme with a generator that meets the corners of its grammar, and what lies outside of it. */
export const GENERATED: readonly (readonly [VersionScheme, fc.Arbitrary<string>])[] = [
  [
    apkScheme,
    fc.oneof(
      sequence(
        NUMBERS,
        maybe('a', 'z'),
        several(
          '_alpha',
          '_beta1',
          '_pre',
          '_rc',
          '_rc2',
          '_cvs',
          '_svn',
          '_git2026',
          '_hg',
          '_p1',
        ),
        maybe('~0', '~1a', '~F'),
        maybe('-r0', '-r1', '-r01', '-r10', '-r1-r0', '-foo'),
      ),
      oddText('0019.a_p~-r'),
    ),
  ],
  [
    debScheme,
    fc.oneof(
      sequence(
        maybe('0:', '1:', '01:'),
        NUMBERS,
        several('~', '~rc1', '+dfsg', '+b1', 'a', 'A', '-', '+', '.', '~~'),
        maybe('-0', '-1', '-1+b1', '-0ubuntu1~esm1', '-1~bpo12+1'),
      ),
      oddText('0019.a~+-:Z'),
    ),
  ],
  [
    mavenScheme,
    fc.oneof(
      fc
        .array(
          fc.constantFrom(
            ...'0 1 2 10 01 a b m rc cr alpha beta milestone snapshot ga final release sp foo x . - _'.split(
              ' ',
            ),
          ),
          { minLength: 1, maxLength: 7 },
        )
        .map((parts) => parts.join('')),
      sequence(
        NUMBERS,
        several('.', '-', 'rc', 'sp', 'ga', 'foo', '1', '0'),
        maybe('-SNAPSHOT', '.Final'),
      ),
      oddText('01.-ax'),
    ),
  ],
  [
    pep440Scheme,
    fc.oneof(
      sequence(
        maybe('v', '1!', '0!', ' '),
        NUMBERS,
        maybe('a1', 'b', '-rc.1', '.pre2', 'C1', '_alpha01'),
        maybe('.post1', '-1', 'r2', '.post', '-01'),
        maybe('.dev0', 'dev', '_dev1', '.dev01'),
        maybe('+a', '+1', '+a.1', '+1-a', '+01', '+Ubuntu.1'),
      ),
      oddText('0019.ab!+-rcdevpost'),
    ),
  ],
  [
    rpmScheme,
    fc.oneof(
      sequence(
        maybe('0:', '1:', '01:', ':'),
        NUMBERS,
        several('~', '^', '~rc1', '^git1', 'a', 'A', '.', '_', '+', '..', '^20260101', '~^'),
        maybe('-', '-1', '-1.el9', '-1.el9_3.1', '-1.module+el8', '-1.module_el8', '-~1', '-^1'),
      ),
      oddText('0019.a~^-:Z_'),
    ),
  ],
  [
    semverScheme,
    fc.oneof(
      sequence(
        maybe('v'),
        NUMBERS,
        maybe(
          '-0',
          '-rc.1',
          '-rc.10',
          '-rc',
          '-1',
          '-a.b',
          '--',
          '-01',
          '-0.20260101000000-abcdef012345',
        ),
        maybe('+incompatible', '+1', '+a.b'),
      ),
      oddText('0019.a-+v'),
    ),
  ],
];

/** Whether a scheme reads a text. @throws what is no refusal */
export function accepts(scheme: VersionScheme, text: string): boolean {
  try {
    scheme.parse(text);
    return true;
  } catch (error) {
    if (error instanceof InvalidVersionError) return false;
    throw error;
  }
}
