import { folderOf } from '../image/path-parts.ts';
import { listPrograms } from './find-programs.ts';
import { fail, type ImageCheck, pass } from './image-check.ts';
import { searchPath } from './start/find-command.ts';

/** Write permission for everybody. */
const WRITABLE = 0o002;

/** Whether anybody may replace or add a program in the folders of PATH. A sticky bit only keeps others' files from being removed. */
export const writablePathCheck: ImageCheck = {
  id: 'writable-path',

  run({ tree, config }) {
    const folders = new Set(searchPath(config).flatMap((folder) => tree.resolve(folder) ?? []));
    const found: string[] = [];
    for (const { path, type, mode } of tree.entries()) {
      if (type === 'symlink' || (mode & WRITABLE) === 0) continue;
      if (folders.has(path) || folders.has(folderOf(path))) {
        found.push(path);
      }
    }
    const [first] = found;
    return first === undefined
      ? pass('Nothing in PATH can be written by everybody.')
      : fail(`Everybody may write in PATH: ${listPrograms(found)}.`, first);
  },
};
