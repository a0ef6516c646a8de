import { expect, it } from 'vitest';
import type { Package } from '../../../core/inventory/inventory.ts';
import { describeUnmatched, findUnmatched } from '../../../core/match/find-unmatched.ts';
import { anApk, aWheel } from '../../support/advisory-builders.ts';
import { anIndexedInventory, anIndexOf } from '../../support/fleet-builders.ts';

function unmatchedIn(images: readonly (readonly Package[])[], known: readonly string[]) {
  const index = anIndexOf(images.map((packages, n) => anIndexedInventory(`image ${n}`, packages)));
  return findUnmatched(index, index.digests.keys(), new Set(known));
}

it('counts the packages of ecosystems that no feed speaks of, and the images they are in', () => {
  const images = [
    [anApk(), aWheel()],
    [aWheel(), aWheel({ name: 'flask' })],
  ];

  const { ecosystem } = anApk();
  expect(unmatchedIn(images, [ecosystem])).toEqual([
    { ecosystem: 'PyPI', packages: 3, digests: 2 },
  ]);
  expect(unmatchedIn(images, [ecosystem, 'PyPI'])).toEqual([]);
});

it('takes a feed of all releases for one of each', () => {
  const debian = [{ ...anApk(), ecosystem: 'Debian:12' }];

  expect(unmatchedIn([debian], ['Debian'])).toEqual([]);
  expect(unmatchedIn([debian], ['Debian:11'])).toHaveLength(1);
});

it('knows nothing of an image without packages, and of a distribution that has no feed', () => {
  const unknown = [{ ...anApk(), ecosystem: '' }];

  expect(unmatchedIn([[], unknown], ['Wolfi']).map(describeUnmatched)).toEqual([
    '1 image without any package that could be read',
    '1 package in 1 image of a distribution that no feed can name',
  ]);
});
