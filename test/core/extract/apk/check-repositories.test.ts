import { expect, it } from 'vitest';
import { apkExtractor } from '../../../../core/extract/apk/apk-extractor.ts';
import { buildTree } from '../../../support/build-tree.ts';

const PATH = 'etc/apk/repositories';
const MIRROR = 'https://mirror.example/alpine';

function problemsOf(repositories: string, id = 'alpine', versionId = '3.20.3') {
  const tree = buildTree({ 'lib/apk/db/installed': 'P:a\nV:1-r0\n', [PATH]: repositories });
  return apkExtractor.extract({ tree, distro: { id, versionId, name: '' } }).problems;
}

it.each([
  ['of the release', `${MIRROR}/v3.20/main\n${MIRROR}/v3.20/community\n`],
  [
    'that only packages with a tag come from',
    `${MIRROR}/v3.20/main\n@edge ${MIRROR}/edge/testing\n`,
  ],
  ['that is commented out', `#${MIRROR}/edge/main\n${MIRROR}/v3.20/main\n`],
  ['without a branch', '/media/cdrom/apks\nhttps://packages.example/os\n'],
])('is at ease with a repository %s', (_, repositories) => {
  expect(problemsOf(repositories)).toEqual([]);
});

it.each(['v3.22', 'edge'])('tells once that packages may come from %s', (branch) => {
  const repositories = `${MIRROR}/v3.20/main\n${MIRROR}/${branch}/main\n${MIRROR}/${branch}/community/\n`;
  expect(problemsOf(repositories)).toEqual([
    {
      path: PATH,
      reason: `packages may come from ${branch}: all are matched as those of v3.20`,
    },
  ]);
});

it('knows edge by its version', () => {
  expect(problemsOf(`${MIRROR}/edge/main\n`, 'alpine', '3.23_alpha20260101')).toEqual([]);
});

it('has nothing to compare with in a distribution without branches, or without a release', () => {
  expect(problemsOf(`${MIRROR}/edge/main\n`, 'wolfi', '20230201')).toEqual([]);
  expect(problemsOf(`${MIRROR}/edge/main\n`, 'alpine', '')).toEqual([]);
});
