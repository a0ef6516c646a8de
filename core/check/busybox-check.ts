import { findPrograms, listPrograms, PROGRAM_FOLDERS, pathFolders } from './find-programs.ts';
import { fail, type ImageCheck, pass } from './image-check.ts';

const BUSYBOX = new Set(['busybox', 'busybox-static', 'busybox.static', 'toybox']);

/** Whether one program that is a hundred others lies in the image; that it is a shell the check of shells says. */
export const busyboxCheck: ImageCheck = {
  id: 'busybox',

  run({ tree, config }) {
    const folders = [...PROGRAM_FOLDERS, ...pathFolders(config.env)];
    const found = findPrograms(tree, folders, (name) => BUSYBOX.has(name));
    // A folder of distroless may hold its links alone.
    const [evidence] = found.length > 0 ? found : linked(tree.resolve('busybox/sh'));
    return evidence === undefined
      ? pass('Has no busybox.')
      : fail(`Has busybox: ${listPrograms([evidence])}.`, evidence);
  },
};

function linked(path: string | undefined): readonly string[] {
  return path === undefined ? [] : [path];
}
