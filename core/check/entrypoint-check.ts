import { fail, type ImageCheck, pass, unknown } from './image-check.ts';
import { describeBroken, STARTS_NOTHING } from './start/judge-start.ts';

/** Whether what the config starts is there and can be executed. What a deployment starts instead it cannot know. */
export const entrypointCheck: ImageCheck = {
  id: 'entrypoint',

  run({ start, config }) {
    const evidence = config.entrypoint.length > 0 ? 'config.Entrypoint' : 'config.Cmd';
    if (start.kind === 'none') return pass(STARTS_NOTHING);
    if (start.kind === 'unknown') return unknown(start.why, evidence);
    const { broken, steps } = start;
    if (broken?.of !== 'command') return pass(`Starts /${steps[0]?.path}.`, steps[0]?.path);
    if (broken.reason === 'empty')
      return unknown(`What starts, ${describeBroken(broken)}.`, broken.path);
    return fail(`Cannot start: ${describeBroken(broken)}.`, evidence);
  },
};
