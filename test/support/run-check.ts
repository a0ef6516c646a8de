import type { CheckInput, Verdict } from '../../core/check/image-check.ts';
import { IMAGE_CHECKS } from '../../core/check/image-checks.ts';
import { findStart } from '../../core/check/start/start.ts';
import { buildTree } from './build-tree.ts';
import { imageSettings } from './image-settings.ts';

/** What a check is to look at; a test states only what it is about. */
export interface CheckedImage extends Omit<Partial<CheckInput>, 'tree' | 'config' | 'start'> {
  readonly files?: Parameters<typeof buildTree>[0];
  readonly tree?: CheckInput['tree'];
  readonly config?: Partial<CheckInput['config']>;
}

/** Runs one check over an image with these files. */
export function runCheck(id: string, image: CheckedImage = {}): Verdict {
  const check = IMAGE_CHECKS.find((each) => each.id === id);
  if (!check) throw new Error(`no check ${id}`);
  const { files = {}, config, ...given } = image;
  const input = {
    tree: buildTree(files),
    config: imageSettings({ user: '65532', ...config }),
    os: 'linux',
    architecture: 'amd64',
    distro: null,
    packages: [],
    runtimes: [],
    pythonEnvironments: [],
    ownerOf: () => null,
    buriedKeys: [],
    ...given,
  };
  return check.run({ ...input, start: findStart(input) });
}
