import { quote } from '../extract/token.ts';
import type { FileTree } from '../image/file-tree.ts';
import { folderOf } from '../image/path-parts.ts';
import { listed } from './find-programs.ts';
import {
  type CheckInput,
  fail,
  type ImageCheck,
  pass,
  unknown,
  type Verdict,
} from './image-check.ts';
import { findCommand, searchPath } from './start/find-command.ts';
import { brokenOption, readInterpreterLine } from './start/interpreter-line.ts';
import { isUnread } from './start/is-unread.ts';
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
    const programs = listExecutables(input.tree, searchPath(input.config));
    const judged = programs.flatMap((path) => {
      const doubt = doubtToStart(input, load, path);
      return doubt ? [{ path, ...doubt }] : [];
    });
    const broken = judged.filter(({ isSure }) => isSure);
    const [first] = broken;
    if (!first) return judgeRest(programs, judged[0]);
    const said = broken.map(({ path, reason }) => `/${path} (${reason})`);
    return fail(`Programs in PATH cannot start: ${listed(said, 3)}.`, first.path);
  },
};

/** What to say where no program is known to be broken. */
function judgeRest(
  programs: readonly string[],
  doubted: { readonly path: string; readonly reason: string } | undefined,
): Verdict {
  if (doubted) return unknown(`Of /${doubted.path}, ${doubted.reason}.`, doubted.path);
  return programs.length < MAX_PROGRAMS
    ? pass('Programs in PATH find what they need.')
    : unknown(`Of the programs in PATH only the first ${MAX_PROGRAMS} were looked at.`);
}

function listExecutables(tree: FileTree, folders: readonly string[]): string[] {
  const real = new Set(folders.flatMap((folder) => tree.resolve(folder) ?? []));
  const found: string[] = [];
  for (const { path, type, mode } of tree.entries()) {
    if (type !== 'file' || (mode & 0o111) === 0 || !real.has(folderOf(path))) continue;
    if (found.push(path) === MAX_PROGRAMS) break;
  }
  return found;
}

/** Why a program does not start, or, unless it `isSure`, may not. */
interface Doubt {
  readonly reason: string;
  readonly isSure: boolean;
}

function sure(reason: string): Doubt {
  return { reason, isSure: true };
}

function doubtToStart(
  { tree, config, architecture }: CheckInput,
  load: LoadLibraries,
  path: string,
): Doubt | undefined {
  const facts = tree.facts(path);
  const asked = readInterpreterLine(facts?.shebang ?? '').find(
    (each) => !LEFT_OUT.test(`/${each}`) && findCommand(tree, config, each).kind === 'missing',
  );
  if (asked !== undefined) return sure(`no ${quote(asked)}`);
  const option = brokenOption(facts?.shebang ?? '');
  if (option !== undefined) return sure(`its interpreter takes no option ${quote(option)}`);
  const { elf } = facts ?? {};
  if (!elf) return undefined;
  if (isUnread(elf)) return { reason: 'what it needs cannot be read', isSure: false };
  // Tools for another processor are there to be copied, or run by an emulator.
  if (elf.machine !== architecture) return undefined;
  const reason = whyNotStarting(tree, load, path);
  if (reason !== undefined) return sure(reason);
  const { doubt } = load(path, elf);
  return doubt === null ? undefined : { reason: doubt, isSure: false };
}
