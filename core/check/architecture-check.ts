import { quote } from '../extract/token.ts';
import { fail, type ImageCheck, unknown } from './image-check.ts';
import { judgePrograms } from './start/judge-start.ts';

/** What kernels run besides their own: 32 bits beside 64. */
const RUNS_TOO: Readonly<Record<string, string>> = { amd64: '386', arm64: 'arm' };

/** Whether what starts was built for the processor that the image says it is for. */
export const architectureCheck: ImageCheck = {
  id: 'architecture',
  kind: 'fitness',
  name: 'check/architecture',
  version: 1,

  run(input) {
    const { architecture } = input;
    const good = `What starts was built for ${quote(architecture)}.`;
    return judgePrograms(input, good, ({ path, elf }) => {
      const { machine } = elf;
      if (machine === architecture || machine === RUNS_TOO[architecture]) return undefined;
      // A processor without a name of Go's: the config may call it whatever it likes.
      if (machine.startsWith('machine-')) {
        return unknown(`/${path} was built for a processor that is not known (${machine}).`, path);
      }
      const message = `Cannot start: /${path} was built for ${machine}, the image says ${quote(architecture)}.`;
      return fail(message, path);
    });
  },
};
