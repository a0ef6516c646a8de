import { quote } from '../extract/token.ts';
import { fail, type ImageCheck, unknown } from './image-check.ts';
import { judgePrograms } from './start/judge-start.ts';

/** What kernels run besides their own: 32 bits beside 64. */
const RUNS_TOO: Readonly<Record<string, string>> = { amd64: '386', arm64: 'arm' };

/** Every name that Go has for a processor that Linux runs on. */
const KNOWN = /^(?:amd64|386|arm(?:64)?|loong64|mips(?:64)?(?:le)?|ppc64(?:le)?|riscv64|s390x)$/;

/** What tools write that do not go by Go's names, as OCI says they should. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  x86_64: 'amd64',
  aarch64: 'arm64',
  armhf: 'arm',
  armv7l: 'arm',
  i386: '386',
  i686: '386',
};

/** Whether what starts was built for the processor that the image says it is for. */
export const architectureCheck: ImageCheck = {
  id: 'architecture',

  run(input) {
    const architecture = OTHER_NAMES[input.architecture] ?? input.architecture;
    const good = `What starts was built for ${quote(architecture)}.`;
    return judgePrograms(input, good, ({ path, elf }) => {
      const { machine } = elf;
      if (machine === architecture || machine === RUNS_TOO[architecture]) return undefined;
      // A processor without a name of Go's: the config may call it whatever it likes.
      if (!KNOWN.test(architecture)) {
        return unknown(`The image says it is for ${quote(architecture)}, which is not known.`);
      }
      if (machine.startsWith('machine-')) {
        return unknown(`/${path} was built for a processor that is not known (${machine}).`, path);
      }
      const message = `Cannot start: /${path} was built for ${machine}, the image says ${quote(architecture)}.`;
      return fail(message, path);
    });
  },
};
