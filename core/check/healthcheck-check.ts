import { quote } from '../extract/token.ts';
import { fail, type ImageCheck, pass, unknown } from './image-check.ts';
import { findCommand } from './start/find-command.ts';

/** Whether the image's own health check can run. ECS and Kubernetes have theirs, and do not look at it: advice. */
export const healthcheckCheck: ImageCheck = {
  id: 'healthcheck',

  run({ tree, config, os }) {
    const [kind = '', command = ''] = config.healthcheck;
    const evidence = 'config.Healthcheck';
    if (kind !== 'CMD' && kind !== 'CMD-SHELL') return pass('Has no health check of its own.');
    if (os !== 'linux') return unknown(`An image for ${quote(os)}.`, evidence);
    const program = kind === 'CMD' ? command : (config.shell[0] ?? '/bin/sh');
    if (findCommand(tree, config, program).kind === 'found') {
      return pass('Its health check can run.', evidence);
    }
    const what = kind === 'CMD' ? 'Its health check' : 'Its health check is in shell form and';
    return fail(`${what} needs ${quote(program)}, which is not in the image.`, evidence);
  },
};
