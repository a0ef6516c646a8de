import { quote } from '../extract/token.ts';
import { fail, type ImageCheck, unknown } from './image-check.ts';
import { isUnread } from './start/is-unread.ts';
import { judgePrograms } from './start/judge-start.ts';

/** Whether the loader that a program names (PT_INTERP) is there. Static programs name none, position-independent ones neither. */
export const elfInterpreterCheck: ImageCheck = {
  id: 'elf-interpreter',

  run(input) {
    const { tree } = input;
    return judgePrograms(input, 'What starts finds its loader, or needs none.', ({ path, elf }) => {
      if (elf.interpreter === undefined) {
        return isUnread(elf)
          ? unknown(`What loader /${path} needs cannot be read.`, path)
          : undefined;
      }
      const real = tree.resolve(elf.interpreter);
      if (real !== undefined && tree.entry(real)?.type === 'file') return undefined;
      return fail(
        `Cannot start: /${path} needs the loader ${quote(elf.interpreter)}, which is not in the image.`,
        path,
      );
    });
  },
};
