import { expect, it } from 'vitest';
import { rpmExtractor } from '../../../../core/extract/rpm/rpm-extractor.ts';
import { buildTree } from '../../../support/build-tree.ts';

it.each(['var/lib/rpm/rpmdb.sqlite', 'var/lib/rpmmanifest/container-manifest-2'])(
  'says that the packages in %s are unknown',
  (path) => {
    const { packages, problems } = rpmExtractor.extract({
      tree: buildTree({ [path]: 'whatever it holds' }),
      distro: null,
    });

    expect(packages).toEqual([]);
    expect(problems).toEqual([{ path, reason: expect.stringContaining('not read') }]);
  },
);

it('has nothing to say where there is no rpm database', () => {
  const tree = buildTree({ 'var/lib/rpm/macros': '' });

  expect(rpmExtractor.extract({ tree, distro: null }).problems).toEqual([]);
});
