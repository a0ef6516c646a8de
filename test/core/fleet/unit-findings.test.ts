import fc from 'fast-check';
import { expect, it } from 'vitest';
import { membersOf, postingsOf, unitsIn } from '../../../core/fleet/fleet-index.ts';
import { affectedBy, changedUnits, expandFindings } from '../../../core/fleet/unit-findings.ts';
import { createMatcher } from '../../../core/match/create-matcher.ts';
import type { Finding } from '../../../core/match/finding.ts';
import { anApk, anEntry, aWheel, lookupIn } from '../../support/advisory-builders.ts';
import { aFinding, of } from '../../support/builders.ts';
import { anIndexedInventory, anIndexOf, someInventories } from '../../support/fleet-builders.ts';
import { matchPackages } from '../../support/match-packages.ts';

const AT = '2026-11-22T02:00:00Z';

const someEntries = fc.array(
  fc.record({
    name: fc.constantFrom('zlib', 'openssl', 'py3-idna', 'origin', 'idna', 'requests'),
    fixed: fc.constantFrom('0', '1.2.3-r1', '3.7', '9'),
    cve: fc.constantFrom('CVE-2026-1', 'CVE-2026-2'),
    arch: fc.constantFrom(null, 'x86_64'),
  }),
  { maxLength: 12 },
);

/** Advisories that say something of the packages of `someInventories`. */
function entriesOf(drawn: typeof someEntries extends fc.Arbitrary<infer Value> ? Value : never) {
  return drawn.map(({ name, fixed, cve, arch }, n) => {
    const isPython = ['idna', 'requests'].includes(name);
    return anEntry({
      name,
      record: `R-${n}`,
      ecosystem: isPython ? 'PyPI' : 'Wolfi',
      arch: isPython ? null : arch,
      upstream: [cve],
      ranges: [
        [
          ['introduced', '0'],
          ['fixed', fixed],
        ],
      ],
    });
  });
}

it('gives each image what matching it alone would give', () => {
  fc.assert(
    fc.property(someInventories, someEntries, (inventories, drawn) => {
      const lookUp = lookupIn(entriesOf(drawn));
      const index = anIndexOf(inventories);
      const matcher = createMatcher(lookUp, AT);
      const found = expandFindings(
        index,
        index.units.map((unit) => matcher.judge(unit)),
      );
      expect([...found.keys()].sort()).toEqual(inventories.map(({ digest }) => digest).sort());
      for (const { digest, packages } of inventories) {
        expect(found.get(digest)).toEqual(matchPackages(packages, lookUp, AT).findings);
      }
    }),
  );
});

it('looks at no image and no package that stayed as it was', () => {
  fc.assert(
    fc.property(someInventories, someEntries, someEntries, (inventories, past, present) => {
      const index = anIndexOf(inventories);
      const [before, after] = [past, present].map((drawn) => {
        const matcher = createMatcher(lookupIn(entriesOf(drawn)), AT);
        return index.units.map((unit) => matcher.judge(unit));
      });
      const { images, packages } = affectedBy(index, changedUnits(before ?? [], after ?? []));
      const [had, has] = [expandFindings(index, before ?? []), expandFindings(index, after ?? [])];
      for (const [image, digest] of index.digests.entries()) {
        const rest = (findings: readonly Finding[] = []) =>
          findings.filter(({ package: purl }) => !packages.has(purl.replace(/[@?].*/, '')));
        expect(rest(has.get(digest))).toEqual(rest(had.get(digest)));
        if (images[image] === 0) expect(has.get(digest)).toEqual(had.get(digest));
      }
    }),
  );
});

it('looks at every version of a package that changed in one', () => {
  const index = anIndexOf([
    anIndexedInventory('old', [anApk({ version: '1.0-r0' }), aWheel()]),
    anIndexedInventory('new', [anApk({ version: '2.0-r0' })]),
    anIndexedInventory('none', [aWheel()]),
  ]);
  const changed = index.units.findIndex(({ version }) => version === '1.0-r0');

  const { packages, units, images } = affectedBy(index, [changed]);

  expect([...packages]).toEqual(['pkg:apk/wolfi/zlib']);
  expect(index.units.filter((_, unit) => units[unit] === 1).map(({ version }) => version)).toEqual(
    expect.arrayContaining(['1.0-r0', '2.0-r0']),
  );
  const looked = index.digests.filter((_, image) => images[image] === 1);
  expect(looked.toSorted()).toEqual([of('old'), of('new')].toSorted());
});

it('sees a finding that says one thing more', () => {
  const finding = aFinding();
  expect(changedUnits([[finding], []], [[{ ...finding }], []])).toEqual([]);
  expect(changedUnits([[finding], []], [[{ ...finding, status: 'end-of-life' }], []])).toEqual([0]);
  expect(changedUnits([[], []], [[], [finding]])).toEqual([1]);
});

it('finds the images that hold a unit', () => {
  fc.assert(
    fc.property(someInventories, (inventories) => {
      const index = anIndexOf(inventories);
      const imagesWith = postingsOf(index);
      for (const unit of index.units.keys()) {
        const holding = [...index.digests.keys()].flatMap((image) =>
          [...membersOf(index, image)].flatMap((each) => (each === unit ? image : [])),
        );
        expect([...imagesWith(unit)]).toEqual(holding);
      }
    }),
  );
});

it('names the units of some of the images', () => {
  const index = anIndexOf([
    anIndexedInventory('a', [anApk({ name: 'a' }), anApk({ name: 'shared' })]),
    anIndexedInventory('b', [anApk({ name: 'b' }), anApk({ name: 'shared' })]),
  ]);
  const b = index.digests.indexOf(of('b'));
  expect(unitsIn(index, [b])).toEqual([...membersOf(index, b)]);
});
