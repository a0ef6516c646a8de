import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lookupKeysOf, type Unit, unitKey, unitsOf } from '../../../core/match/unit.ts';
import { aDeb, anApk, aWheel } from '../../support/advisory-builders.ts';

describe('unitsOf', () => {
  it('takes packages that are matched alike for one, wherever they lie', () => {
    const packages = [anApk(), aWheel(), aWheel({ path: 'app/venv/METADATA' })];
    expect(unitsOf({ packages })).toHaveLength(2);
  });

  it('tells apart what is owned and what is not, and by which version of its owner', () => {
    const keysOf = (version: string) =>
      unitsOf({ packages: [anApk({ version }), aWheel(), aWheel({ owner: 'zlib' })] })
        .filter(({ type }) => type === 'pypi')
        .map(unitKey);
    expect(new Set([...keysOf('1'), ...keysOf('2')]).size).toBe(3);
  });

  it('names the owner as it is in the same inventory', () => {
    const owned = aWheel({ owner: 'util-linux-py' });
    const owner = aDeb({ name: 'util-linux-py' });
    const find = (packages: Parameters<typeof unitsOf>[0]['packages']) =>
      unitsOf({ packages }).find(({ type }) => type === 'pypi')?.owner;
    expect(find([owned, owner])).toMatchObject({ ecosystem: 'Debian:12', source: owner.source });
    // Nobody knows it: then the package speaks for itself.
    expect(find([owned, anApk()])).toBeNull();
    // No language package owns another.
    expect(find([owned, aWheel({ name: 'util-linux-py' })])).toBeNull();
  });

  it('chooses the same of two owners of one name, in whatever order they come', () => {
    const two = [aDeb({ arch: 'i386', purl: 'pkg:deb/a?arch=i386' }), aDeb()];
    const owner = (packages: typeof two) =>
      unitsOf({ packages: [...packages, aWheel({ owner: 'bsdutils' })] }).at(-1)?.owner?.arch;
    expect(owner(two)).toBe('i386');
    expect(owner(two.toReversed())).toBe('i386');
  });
});

it('looks up units and their owners, each key once', () => {
  const packages = [anApk(), aWheel({ owner: 'zlib' }), aDeb()];
  expect(lookupKeysOf(unitsOf({ packages }))).toEqual([
    { ecosystem: 'Debian', name: 'util-linux' },
    { ecosystem: 'Debian:12', name: 'util-linux' },
    { ecosystem: 'PyPI', name: 'zope-interface' },
    { ecosystem: 'Wolfi', name: 'zlib' },
  ]);
});

it('gives unlike units unlike keys, whatever an image calls its packages', () => {
  const text = fc.string({ unit: fc.constantFrom('a', '1', ':', '-', '\n'), maxLength: 4 });
  const subject = fc.record({
    type: fc.constantFrom('apk' as const, 'pypi' as const),
    ecosystem: text,
    name: text,
    version: text,
    source: fc.option(fc.record({ name: text, version: text })),
    arch: fc.option(text),
  });
  const unit: fc.Arbitrary<Unit> = fc
    .record({ subject, purl: text, owner: fc.option(subject) })
    .map(({ subject: own, purl, owner }) => ({ ...own, purl, owner }));
  fc.assert(
    fc.property(unit, unit, (left, right) => {
      const isSame = JSON.stringify(left) === JSON.stringify(right);
      expect(unitKey(left) === unitKey(right)).toBe(isSame);
    }),
  );
});
