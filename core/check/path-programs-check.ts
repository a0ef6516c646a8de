import { quote } from '../extract/token.ts';
import type { FileTree } from '../image/file-tree.ts';
import { type CheckInput, fail, type ImageCheck, pass, unknown } from './image-check.ts';
import { findCommand, searchPath } from './start/find-command.ts';
import { brokenOption, readInterpreterLine } from './start/interpreter-line.ts';
import { createLoadLibraries, type LoadLibraries } from './start/load-libraries.ts';
import { whyNotStarting } from './start/why-not-starting.ts';

/** More programs than a whole distribution's image has; what is beyond is not looked at. */
const MAX_PROGRAMS = 5_000;

/** What a hardened image leaves out on purpose: scripts for it are no loss. */
const LEFT_OUT = /\/(?:sh|bash|dash|ash|perl)$/;

/** Whether programs in PATH can start, whoever calls them. Few images call all that they have: advice. */
export const pathProgramsCheck: ImageCheck = {
  id: 'path-programs',

  run(input) {
    if (input.os !== 'linux') return unknown(`An image for ${quote(input.os)}.`);
    const load = createLoadLibraries(input.tree, input.config);
    const broken: { readonly path: string; readonly reason: string }[] = [];
    const programs = listExecutables(input.tree, searchPath(input.config));
    for (const path of programs) {
      const reason = reasonNotToStart(input, load, path);
      if (reason !== undefined) broken.push({ path, reason });
    }
    const [first] = broken;
    if (!first) {
      return programs.length < MAX_PROGRAMS
        ? pass('Programs in PATH find what they need.')
        : unknown(`Of the programs in PATH only the first ${MAX_PROGRAMS} were looked at.`);
    }
    const shown = broken.slice(0, 3).map(({ path, reason }) => `/${path} (${reason})`);
    const rest = broken.length - shown.length;
    const more = rest > 0 ? ` and ${rest} more` : '';
    return fail(`Programs in PATH cannot start: ${shown.join(', ')}${more}.`, first.path);
  },
};

function listExecutables(tree: FileTree, folders: readonly string[]): string[] {
  const real = new Set(folders.flatMap((folder) => tree.resolve(folder) ?? []));
  const found: string[] = [];
  for (const { path, type, mode } of tree.entries()) {
    const folder = path.slice(0, Math.max(path.lastIndexOf('/'), 0));
    if (type !== 'file' || (mode & 0o111) === 0 || !real.has(folder)) continue;
    if (found.push(path) === MAX_PROGRAMS) break;
  }
  return found;
}

function reasonNotToStart(
  { tree, config, architecture }: CheckInput,
  load: LoadLibraries,
  path: string,
): string | undefined {
  const facts = tree.facts(path);
  const asked = readInterpreterLine(facts?.shebang ?? '').find(
    (each) => !LEFT_OUT.test(`/${each}`) && findCommand(tree, config, each).kind === 'missing',
  );
  if (asked !== undefined) return `no ${quote(asked)}`;
  const option = brokenOption(facts?.shebang ?? '');
  if (option !== undefined) return `its interpreter takes no option ${quote(option)}`;
  const { elf } = facts ?? {};
  // Tools for another processor are there to be copied, or run by an emulator.
  if (!elf || elf.machine !== architecture) return undefined;
  return whyNotStarting(tree, load, path);
}
