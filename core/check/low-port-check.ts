import { listed } from './find-programs.ts';
import { fail, type ImageCheck, pass } from './image-check.ts';
import { rootUserCheck } from './root-user-check.ts';

/** Ports below it take a privilege, unless the host says otherwise (`ip_unprivileged_port_start`). */
const FIRST_FREE = 1024;

/** Whether a user who is not root is to listen where some hosts let root alone. */
export const lowPortCheck: ImageCheck = {
  id: 'low-port',

  run(input) {
    const { config, start, tree } = input;
    const low = config.exposedPorts.filter((port) => {
      const number = Number(/^\d+/.exec(port)?.[0] ?? Number.NaN);
      return number > 0 && number < FIRST_FREE;
    });
    if (low.length === 0) return pass('Exposes no port below 1024.');
    if (rootUserCheck.run(input).status !== 'pass')
      return pass('Does not surely run without root.');
    const steps = start.kind === 'steps' ? start.steps : [];
    if (steps.some(({ path }) => tree.entry(path)?.capability !== undefined)) {
      return pass('What starts has capabilities of its own.');
    }
    const message = `Exposes ${listed(low, 4)} and does not run as root: not every host lets it listen there.`;
    return fail(message, 'config.ExposedPorts');
  },
};
