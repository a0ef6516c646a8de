import { listPrograms } from './find-programs.ts';
import { fail, type ImageCheck, pass } from './image-check.ts';

/** Where distroless debug variants have their busybox: nowhere else is a folder of that name in the root. */
const DISTROLESS = ['busybox/sh', 'busybox/busybox'];

/** Distributions whose images have a variant for builders, which alone brings the package manager. */
const WITH_DEV_VARIANT = new Set(['wolfi', 'chainguard']);

/** Whether the image is the variant that is meant for looking into it, or for building: `debug`, `latest-dev`. */
export const debugVariantCheck: ImageCheck = {
  id: 'debug-variant',

  run({ tree, distro, packages }) {
    const [busybox] = DISTROLESS.filter((path) => tree.resolve(path) !== undefined);
    if (busybox !== undefined) {
      return fail(`Is a debug variant: has ${listPrograms([busybox])}.`, busybox);
    }
    const manager = WITH_DEV_VARIANT.has(distro?.id ?? '')
      ? packages.find(({ type, name }) => type === 'apk' && name === 'apk-tools')
      : undefined;
    return manager
      ? fail('Is a -dev variant: the package apk-tools is installed.', manager.path)
      : pass('Is no debug or -dev variant.');
  },
};
