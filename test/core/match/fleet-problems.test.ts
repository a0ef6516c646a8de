import fc from 'fast-check';
import { expect, it } from 'vitest';
import { unitsIn } from '../../../core/fleet/fleet-index.ts';
import type { Package } from '../../../core/inventory/inventory.ts';
import {
  describeProblem,
  findProblems,
  isGap,
  type MatchProblem,
} from '../../../core/match/fleet-problems.ts';
import { versionProblems } from '../../../core/match/version-problems.ts';
import { aDeb, aLanguagePackage, anApk, aWheel } from '../../support/advisory-builders.ts';
import { anIndexedInventory, anIndexOf, someInventories } from '../../support/fleet-builders.ts';

/** Every image runs in a workload that is named after its digest. */
function problemsIn(images: readonly (readonly Package[])[]): MatchProblem[] {
  const index = anIndexOf(images.map((packages, n) => anIndexedInventory(`image ${n}`, packages)));
  const places = [...index.digests.keys()];
  const units = unitsIn(index, places);
  return findProblems(index, { images: places, units, lineageOf: () => 'ecs/prod/web|app|x' });
}

const banana = aWheel({ name: 'oddity', version: 'banana' });
const kernel = aDeb({
  name: 'linux-libc-dev',
  version: '6.1.1-1',
  source: { name: 'linux', version: '6.1.1-1' },
});

it('finds nothing where all can be compared, or no feed could name it', () => {
  expect(problemsIn([[anApk(), aWheel()], [], [anApk({ ecosystem: '', version: '?' })]])).toEqual(
    [],
  );
});

it('gathers what many images have into one line, each image and each package counted once', () => {
  const twice = [banana, { ...banana, path: 'elsewhere' }, aWheel({ version: 'x.y' })];
  const images = [twice, ...Array.from({ length: 40 }, () => [banana, anApk()]), [anApk()]];

  const problems = problemsIn(images);

  expect(problems).toMatchObject([{ kind: 'no-version', of: 'pep440', packages: 2, digests: 41 }]);
  expect(problems.map(describeProblem)).toEqual([
    '2 packages in 41 images with a version that pep440 cannot read (matched only by records that list it or hold for every one): oddity banana in ecs/prod/web (app, x) and 40 other images; Zope.Interface x.y in ecs/prod/web (app, x)',
  ]);
});

it('names some of many packages, and counts the others', () => {
  const many = Array.from({ length: 200 }, (_, n) => aWheel({ name: `p${n}`, version: 'banana' }));

  const [problem] = problemsIn([many]);

  expect(problem?.examples).toHaveLength(3);
  expect(problem && describeProblem(problem)).toMatch(/^200 packages in 1 image .*; and 197 more$/);
});

it.each([
  ['left-out', kernel, 'not matched (part of a kernel: a container runs that of its host)'],
  ['left-out', aLanguagePackage('golang', 'toolchain', '1.21.0'), 'not matched (a tool that'],
  ['unversioned', aLanguagePackage('golang', 'stdlib', 'devel go1.27-abc'), 'by no release of Go'],
  ['unversioned', aLanguagePackage('golang', 'example.com/tool', '(devel)'), 'without a version'],
  ['no-order', anApk({ ecosystem: 'Odd Linux:3' }), 'of Odd Linux, whose order'],
  ['no-version', banana, 'that pep440 cannot read'],
  ['odd-version', anApk({ version: '1.2.3-r0-r0' }), 'that apk can read in part'],
] as const)('says why: %s', (kind, subject, words) => {
  const problems = problemsIn([[subject]]);

  expect(problems).toMatchObject([{ kind, packages: 1, digests: 1 }]);
  expect(problems.map(describeProblem).join()).toContain(words);
  expect(problems.some(isGap)).toBe(kind !== 'left-out');
});

it('has no more lines the more versions there are', () => {
  const builds = Array.from({ length: 50 }, (_, n) => [
    aLanguagePackage('golang', 'stdlib', `devel go1.27-${n}`),
  ]);
  expect(problemsIn(builds)).toHaveLength(1);
});

it('cuts names that an image makes up', () => {
  const [problem] = problemsIn([[aWheel({ name: 'x'.repeat(10_000), version: 'banana' })]]);
  expect(problem?.examples[0]?.package.length).toBeLessThanOrEqual(120);
});

it('says something exactly of the images of which a scan does', () => {
  fc.assert(
    fc.property(someInventories, (inventories) => {
      const odd = inventories.filter(({ packages }) => versionProblems(packages).length > 0);
      const found = problemsIn(inventories.map(({ packages }) => packages));
      const most = Math.max(0, ...found.map(({ digests }) => digests));
      expect(found.length > 0).toBe(odd.length > 0);
      expect(most).toBeLessThanOrEqual(odd.length);
      expect(found.reduce((sum, { digests }) => sum + digests, 0)).toBeGreaterThanOrEqual(
        odd.length,
      );
    }),
  );
});
