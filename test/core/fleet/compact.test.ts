import fc from 'fast-check';
import { expect, it } from 'vitest';
import { compact } from '../../../core/fleet/compact.ts';
import { decodeSegment } from '../../../core/fleet/decode-segment.ts';
import { encodeSegment } from '../../../core/fleet/encode-segment.ts';
import { indexInventory, membersOf, placesOf } from '../../../core/fleet/fleet-index.ts';
import { anApk, aWheel } from '../../support/advisory-builders.ts';
import { of } from '../../support/builders.ts';
import { anIndexedInventory, anIndexOf, someInventories } from '../../support/fleet-builders.ts';

it('gives what indexing everything anew would give, night after night', () => {
  const nights = fc.array(fc.array(fc.nat(7), { maxLength: 8 }), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(someInventories, nights, (inventories, wanted) => {
      let base = compact([]);
      for (const night of wanted) {
        const there = inventories.filter((_, n) => night.includes(n));
        const known = new Set(base.digests);
        const segments = there
          .filter(({ digest }) => !known.has(digest))
          .map((each) => decodeSegment(encodeSegment(indexInventory(each))));
        const digests = new Set(there.map(({ digest }) => digest));
        base = decodeSegment(encodeSegment(compact([base, ...segments], { digests })));
        expect(base).toEqual(anIndexOf(there));
      }
    }),
  );
});

it('holds what several images share once, and forgets what only dropped ones had', () => {
  const shared = anApk({ name: 'shared' });
  const base = anIndexOf([
    anIndexedInventory('a', [shared, anApk({ name: 'of-a' })]),
    anIndexedInventory('b', [shared, anApk({ name: 'of-b' })]),
  ]);
  expect(base.units.map(({ name }) => name).sort()).toEqual(['of-a', 'of-b', 'shared']);

  const left = compact([base], { digests: new Set([of('b')]) });

  expect(left.digests).toEqual([of('b')]);
  expect(left.units.map(({ name }) => name).sort()).toEqual(['of-b', 'shared']);
});

it('counts a package that is there twice twice, and tells one that an OS package owns from one that it does not', () => {
  const index = indexInventory(
    anIndexedInventory('a', [
      anApk({ name: 'py3-idna' }),
      aWheel({ owner: 'py3-idna' }),
      aWheel({ path: 'one' }),
      aWheel({ path: 'two' }),
    ]),
  );
  const image = placesOf(index)(of('a'));

  expect(index.units.map(({ owner }) => owner?.name ?? null)).toHaveLength(3);
  expect([...membersOf(index, image ?? -1)]).toHaveLength(4);
  expect(placesOf(index)(of('b'))).toBeUndefined();
});
