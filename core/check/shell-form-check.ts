import { quote } from '../extract/token.ts';
import { type CheckInput, fail, type ImageCheck, pass, unknown } from './image-check.ts';
import { findCommand } from './start/find-command.ts';
import { afterInit } from './start/init-wrapper.ts';
import { startArguments } from './start/start.ts';

/** Shells that Dockerfiles name in shell form. */
const SHELLS = /(?:^|\/)(?:sh|bash|ash|dash|zsh|ksh)$/;

/** Whether entrypoint or command are a shell's line (`ENTRYPOINT app --flag`) in an image without that shell. */
export const shellFormCheck: ImageCheck = {
  id: 'shell-form',

  run(input) {
    const { config, os } = input;
    if (os !== 'linux') return unknown(`An image for ${quote(os)}.`);
    const words = startArguments(config);
    const evidence = isShellForm(config.entrypoint) ? 'config.Entrypoint' : 'config.Cmd';
    const started = isShellForm(words)
      ? words
      : [afterInit(words[0] ?? '', words.slice(1))].find(isShellForm);
    if (started) {
      if (hasShell(input, started)) return pass('Is in shell form, and its shell is there.');
      return fail(
        `Cannot start: is in shell form, and ${quote(started[0] ?? '')} is not in the image.`,
        evidence,
      );
    }
    if (isShellForm(config.cmd) && !hasShell(input, config.cmd)) {
      // What the entrypoint does with its words is its own affair.
      return unknown(
        'The command is in shell form and its shell is not in the image; whether the entrypoint runs it is not known.',
        evidence,
      );
    }
    return pass('Nothing that starts is in shell form.');
  },
};

/** `/bin/sh -c …`, `bash -o pipefail -ec …`. */
function isShellForm(words: readonly string[]): boolean {
  return SHELLS.test(words[0] ?? '') && words.slice(1, 5).some((word) => /^-[a-z]*c$/.test(word));
}

function hasShell({ tree, config }: CheckInput, [shell = '']: readonly string[]): boolean {
  return findCommand(tree, config, shell).kind === 'found';
}
