import { quote } from '../extract/token.ts';
import { fail, type ImageCheck, unknown } from './image-check.ts';
import { judgePrograms } from './start/judge-start.ts';
import { createLoadLibraries } from './start/load-libraries.ts';

/** Whether the libraries are there that what starts needs, and those that these need. */
export const librariesCheck: ImageCheck = {
  id: 'libraries',

  run(input) {
    const load = createLoadLibraries(input.tree, input.config);
    return judgePrograms(input, 'What starts finds its libraries.', ({ path, elf }) => {
      const { missing, doubt } = load(path, elf);
      const [first] = missing;
      if (first) {
        const more = missing.length > 1 ? ` and ${missing.length - 1} more` : '';
        const message = `Cannot start: /${first.by} needs ${quote(first.library)}${more}, which no loader finds in the image.`;
        return fail(message, first.by);
      }
      return doubt === null ? undefined : unknown(`Of /${path}, ${doubt}.`, path);
    });
  },
};
