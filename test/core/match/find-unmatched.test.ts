import { expect, it } from 'vitest';
import { describeUnmatched, findUnmatched } from '../../../core/match/find-unmatched.ts';
import { anApk, aWheel } from '../../support/advisory-builders.ts';

type Inventories = Parameters<typeof findUnmatched>[0];

function inventories(...lists: readonly (readonly unknown[])[]): Inventories {
  return lists.map((packages) => ({ packages })) as unknown as Inventories;
}

it('counts the packages of ecosystems that no feed speaks of, and the images they are in', () => {
  const images = inventories([anApk(), aWheel()], [aWheel(), aWheel({ name: 'flask' })]);

  const { ecosystem } = anApk();
  expect(findUnmatched(images, new Set([ecosystem]))).toEqual([
    { ecosystem: 'PyPI', packages: 3, digests: 2 },
  ]);
  expect(findUnmatched(images, new Set([ecosystem, 'PyPI']))).toEqual([]);
});

it('takes a feed of all releases for one of each', () => {
  const debian = [{ ...anApk(), ecosystem: 'Debian:12' }];

  expect(findUnmatched(inventories(debian), new Set(['Debian']))).toEqual([]);
  expect(findUnmatched(inventories(debian), new Set(['Debian:11']))).toHaveLength(1);
});

it('knows nothing of an image without packages, and of a distribution that has no feed', () => {
  const unknown = [{ ...anApk(), ecosystem: '' }];

  expect(
    findUnmatched(inventories([], unknown), new Set(['Wolfi'])).map(describeUnmatched),
  ).toEqual([
    '1 image without any package that could be read',
    '1 package in 1 image of a distribution that no feed can name',
  ]);
});
