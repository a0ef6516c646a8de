import { quote } from '../extract/token.ts';
import { fail, type ImageCheck, unknown } from './image-check.ts';
import { judgePrograms } from './start/judge-start.ts';
import { createLoadLibraries } from './start/load-libraries.ts';
import { findNewerGlibc } from './start/newer-glibc.ts';

/** Whether the image's glibc is as new as what starts, and its libraries, were built against. */
export const glibcVersionCheck: ImageCheck = {
  id: 'glibc-version',

  run(input) {
    const load = createLoadLibraries(input.tree, input.config);
    return judgePrograms(input, 'What starts needs no newer glibc.', ({ path, elf }) => {
      const { files, doubt } = load(path, elf);
      const newer = findNewerGlibc(files);
      if (newer) {
        const { asked, there, libc } = newer;
        return fail(
          `Cannot start: /${newer.path} needs glibc 2.${asked}, the image has 2.${there} (${quote(`/${libc}`)}).`,
          newer.path,
        );
      }
      return doubt === null ? undefined : unknown(`Of /${path}, ${doubt}.`, path);
    });
  },
};
