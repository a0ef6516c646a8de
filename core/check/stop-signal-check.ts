import { quote } from '../extract/token.ts';
import { fail, type ImageCheck, pass } from './image-check.ts';

/** signal(7), without those that nobody stops a program by. */
const SIGNALS = new Set(
  'HUP INT QUIT ILL TRAP ABRT IOT BUS FPE USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH IO POLL PWR SYS'.split(
    ' ',
  ),
);

/** Whether the program hears that it is to end before it is killed. */
export const stopSignalCheck: ImageCheck = {
  id: 'stop-signal',

  run({ config }) {
    const { stopSignal } = config;
    const evidence = 'config.StopSignal';
    if (stopSignal === '') return pass('Is stopped by SIGTERM.');
    const name = stopSignal.toUpperCase().replace(/^SIG/, '');
    if (name === 'KILL' || name === '9') {
      return fail('Is stopped by SIGKILL: it cannot end what it is doing.', evidence);
    }
    return isSignal(name)
      ? pass(`Is stopped by ${quote(stopSignal)}.`, evidence)
      : fail(`Is to be stopped by ${quote(stopSignal)}, which is no signal.`, evidence);
  },
};

function isSignal(name: string): boolean {
  const isNumber = /^\d{1,2}$/.test(name) && Number(name) >= 1 && Number(name) <= 64;
  return isNumber || SIGNALS.has(name) || /^RTM(?:IN(?:\+\d{1,2})?|AX(?:-\d{1,2})?)$/.test(name);
}
