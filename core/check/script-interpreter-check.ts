import { fail, type ImageCheck, pass, unknown } from './image-check.ts';
import { describeBroken, NOT_KNOWN_WHAT_STARTS, STARTS_NOTHING } from './start/judge-start.ts';

/** Whether the script that starts finds what its first line (`#!`) asks for. */
export const scriptInterpreterCheck: ImageCheck = {
  id: 'script-interpreter',

  run({ start }) {
    if (start.kind === 'none') return pass(STARTS_NOTHING);
    if (start.kind === 'unknown') return unknown(start.why);
    const { broken, steps } = start;
    if (broken?.of === 'script' && broken.reason !== 'empty') {
      return fail(`Cannot start: ${describeBroken(broken)}.`, broken.by);
    }
    if (broken) return unknown(NOT_KNOWN_WHAT_STARTS);
    const script = steps.find(({ facts }) => facts.shebang !== undefined);
    return script
      ? pass(`/${script.path} finds its interpreter.`, script.path)
      : pass('Starts no script.');
  },
};
