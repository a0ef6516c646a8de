import { listPrograms } from './find-programs.ts';
import { fail, type ImageCheck, pass } from './image-check.ts';

/** S_ISUID and S_ISGID (inode(7)). */
const SET_ID = 0o6000;
const EXECUTABLE = 0o111;

/** Whether programs run as their owner or group, whoever starts them. On a folder the bit means something else. */
export const setuidCheck: ImageCheck = {
  id: 'setuid',

  run({ tree }) {
    const found: string[] = [];
    for (const { path, type, mode } of tree.entries()) {
      if (type === 'file' && (mode & SET_ID) !== 0 && (mode & EXECUTABLE) !== 0) found.push(path);
    }
    const [first] = found;
    return first === undefined
      ? pass('Has no setuid or setgid program.')
      : fail(`Has setuid or setgid programs: ${listPrograms(found)}.`, first);
  },
};
