import { findPrograms, listPrograms, PROGRAM_FOLDERS } from './find-programs.ts';
import type { ImageCheck } from './image-check.ts';

/**
 * Programs that install packages of the operating system, and those of Python. An
 * image's own bring in code that no digest vouches for. Not npm, which node images
 * cannot do without, and which has a runtime of its own to answer for.
 */
const PACKAGE_MANAGERS = new Set(
  'apk apt apt-get aptitude dpkg dnf dnf5 microdnf tdnf yum rpm zypper pacman opkg uv uvx'.split(
    ' ',
  ),
);

/** `pip`, `pip3`, `pip3.14`; a pip wheel that waits for `ensurepip` is a file like any other. */
const PIP = /^pip(?:\d+(?:\.\d+t?)?)?$/;

/** Whether the image brings a package manager, in the system's folders: the `pip` in an application's venv is the application's. */
export const packageManagerCheck: ImageCheck = {
  id: 'package-manager',

  run({ tree }) {
    const isManager = (name: string) => PACKAGE_MANAGERS.has(name) || PIP.test(name);
    const managers = findPrograms(tree, PROGRAM_FOLDERS, isManager);
    const [evidence] = managers;
    return evidence === undefined
      ? { status: 'pass', message: 'Has no package manager.', evidence: null }
      : { status: 'fail', message: `Has a package manager: ${listPrograms(managers)}.`, evidence };
  },
};
