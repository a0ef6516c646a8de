import { findPrograms, listPrograms, PROGRAM_FOLDERS, pathFolders } from './find-programs.ts';
import type { ImageCheck } from './image-check.ts';

/** busybox is a shell by any name: `busybox sh`. */
const SHELLS = new Set(
  'sh bash rbash ash dash zsh ksh ksh93 mksh csh tcsh fish busybox toybox'.split(' '),
);

/** Whether somebody who gets in finds a shell, in the usual folders or in those of PATH. */
export const shellCheck: ImageCheck = {
  id: 'shell',

  run({ tree, config }) {
    const folders = [...PROGRAM_FOLDERS, ...pathFolders(config.env)];
    const shells = findPrograms(tree, folders, (name) => SHELLS.has(name));
    const [evidence] = shells;
    return evidence === undefined
      ? { status: 'pass', message: 'Has no shell.', evidence: null }
      : { status: 'fail', message: `Has a shell: ${listPrograms(shells)}.`, evidence };
  },
};
