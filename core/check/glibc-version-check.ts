import { quote } from '../extract/token.ts';
import { fail, type ImageCheck, unknown } from './image-check.ts';
import { judgePrograms } from './start/judge-start.ts';
import { createLoadLibraries, type LoadedFile } from './start/load-libraries.ts';

/** A release of the GNU C library, as symbols are bound to it. */
const RELEASE = /^GLIBC_2\.(\d+)(?:\.\d+)?$/;

/** Whether the image's glibc is as new as what starts, and its libraries, were built against. */
export const glibcVersionCheck: ImageCheck = {
  id: 'glibc-version',

  run(input) {
    const load = createLoadLibraries(input.tree, input.config);
    return judgePrograms(input, 'What starts needs no newer glibc.', ({ path, elf }) => {
      const { files, doubt } = load(path, elf);
      const rest = doubt === null ? undefined : unknown(`Of /${path}, ${doubt}.`, path);
      const libc = files.find((file) => file.elf?.soname === 'libc.so.6');
      const there = newest(libc?.elf?.provides ?? []);
      // Without one, or with one that says nothing, there is nothing to compare with.
      if (!libc || there < 0) return rest;
      for (const file of files) {
        const asked = newest(requiredOf(file));
        if (asked <= there) continue;
        return fail(
          `Cannot start: /${file.path} needs glibc 2.${asked}, the image has 2.${there} (${quote(`/${libc.path}`)}).`,
          file.path,
        );
      }
      return rest;
    });
  },
};

function requiredOf({ elf }: LoadedFile): readonly string[] {
  return elf?.requires?.flatMap(({ versions }) => versions) ?? [];
}

/** The minor of the highest release; below 0 where there is none. */
function newest(versions: readonly string[]): number {
  return Math.max(-1, ...versions.map((each) => Number(RELEASE.exec(each)?.[1] ?? -1)));
}
