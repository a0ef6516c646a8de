import type { FileFacts } from '../../image/file-facts.ts';
import type { FileTree } from '../../image/file-tree.ts';
import type { Inventory } from '../../inventory/inventory.ts';
import { findCommand, fromWorkingFolder } from './find-command.ts';
import { afterInit } from './init-wrapper.ts';
import { brokenOption, readInterpreterLine } from './interpreter-line.ts';

/** One file that is executed on the way to the program that stays. */
export interface StartStep {
  /** Where it really lies. */
  readonly path: string;
  /** The name by which it was found, links not followed. */
  readonly name: string;
  readonly facts: FileFacts;
}

/** Where the way ends that should have gone on. */
export interface BrokenStart {
  /** What was asked for: by the config, or by the first line of a script. */
  readonly of: 'command' | 'script';
  /** The name as it was written. */
  readonly asked: string;
  /** The script that asked; `null` for the config. */
  readonly by: string | null;
  /**
   * `empty`: a file without a byte is what a made-up image has; nobody knows what it stands for.
   * `option`: what was asked for is an option that ends in a CR.
   */
  readonly reason: 'missing' | 'folder' | 'not-executable' | 'no-program' | 'empty' | 'option';
  /** The file, where there is one. */
  readonly path: string | null;
}

/** What runs when a container of an image starts. */
export type Start =
  | { readonly kind: 'none' }
  | { readonly kind: 'unknown'; readonly why: string }
  | {
      readonly kind: 'steps';
      readonly steps: readonly StartStep[];
      readonly broken: BrokenStart | null;
    };

/** Files that start one another; nobody needs more. */
const MAX_STEPS = 10;

export interface StartInput {
  readonly tree: FileTree;
  readonly config: Inventory['config'];
  readonly os: string;
}

/** Entrypoint and command in one, as the runtime starts them (OCI image-spec, conversion.md). */
export function startArguments(config: Inventory['config']): readonly string[] {
  return [...config.entrypoint, ...config.cmd];
}

/** Follows what a container starts: command, init process, script, the script's interpreter. */
export function findStart(input: StartInput): Start {
  const { config, os } = input;
  const words = startArguments(config);
  if (words.length === 0) return { kind: 'none' };
  if (os !== 'linux') return { kind: 'unknown', why: `An image for ${JSON.stringify(os)}.` };
  const volume = volumeOf(config, words[0] ?? '');
  if (volume !== undefined) {
    return { kind: 'unknown', why: `What starts lies in the volume ${volume}.` };
  }
  const walk: Walk = { input, steps: [], broken: null };
  followCommand(walk, words);
  return { kind: 'steps', steps: walk.steps, broken: walk.broken };
}

/** The volume below which a file may come from outside of the image. */
function volumeOf(config: Inventory['config'], command: string): string | undefined {
  const path = command.includes('/') ? fromWorkingFolder(config, command) : '';
  return config.volumes.find((volume) => path.startsWith(`${withoutSlashes(volume)}/`));
}

/** By hand: a pattern tries anew at each slash of a name that is made of nothing else. */
function withoutSlashes(folder: string): string {
  let end = folder.length;
  while (folder[end - 1] === '/') end -= 1;
  return folder.slice(0, end);
}

interface Walk {
  readonly input: StartInput;
  readonly steps: StartStep[];
  broken: BrokenStart | null;
}

function followCommand(walk: Walk, words: readonly string[]): void {
  const [asked = '', ...rest] = words;
  const step = execute(walk, { of: 'command', asked, by: null });
  if (!step) return;
  const inner = step.facts.elf && afterInit(step.path, rest);
  if (inner && inner.length > 0) followCommand(walk, inner);
}

/** Executes one file: what it is, and if it is a script what runs it. */
function execute(walk: Walk, ask: Pick<BrokenStart, 'of' | 'asked' | 'by'>): StartStep | undefined {
  const { tree, config } = walk.input;
  const found = findCommand(tree, config, ask.asked);
  if (found.kind === 'missing') {
    walk.broken = { ...ask, reason: 'missing', path: null };
    return undefined;
  }
  const { path } = found;
  const facts = tree.facts(path);
  const reason = found.kind === 'found' ? reasonNotToRun(tree, path, facts) : found.kind;
  if (reason !== null || !facts) {
    walk.broken = { ...ask, reason: reason ?? 'no-program', path };
    return undefined;
  }
  const step: StartStep = { path, name: found.name, facts };
  walk.steps.push(step);
  if (facts.shebang !== undefined) runScript(walk, path, facts.shebang);
  return step;
}

function reasonNotToRun(
  tree: FileTree,
  path: string,
  facts: FileFacts | undefined,
): BrokenStart['reason'] | null {
  if (facts?.elf !== undefined || facts?.shebang !== undefined) return null;
  return tree.entry(path)?.size === 0 ? 'empty' : 'no-program';
}

function runScript(walk: Walk, path: string, shebang: string): void {
  if (walk.steps.length >= MAX_STEPS) return;
  for (const asked of readInterpreterLine(shebang)) {
    if (!execute(walk, { of: 'script', asked, by: path })) return;
  }
  const option = brokenOption(shebang);
  if (option !== undefined) {
    walk.broken = { of: 'script', asked: option, by: path, reason: 'option', path: null };
  }
}
