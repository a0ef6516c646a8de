import { fromWorkingFolder, searchPath, variableOf } from '../../check/start/find-command.ts';
import { findStart, type Start, startArguments } from '../../check/start/start.ts';
import type { FileTree } from '../../image/file-tree.ts';
import { folderOf } from '../../image/path-parts.ts';
import type { Inventory } from '../../inventory/inventory.ts';
import type { PythonInstallation } from '../runtime/python/list-python-files.ts';
import { mainRunner, minorOfProgram, type Runner } from '../runtime/python/main-python.ts';

/** What the start of an image uses of its Python, as far as its config says. */
export interface StartedPython {
  /** The interpreter that runs; `undefined` where none does, or nobody knows. */
  readonly runner: Runner | undefined;
  /** The same where it runs outside of any virtual environment: its own folders of packages count. */
  readonly bare: Runner | undefined;
  /** Virtual environments: those that what starts lies in; if none, those that variables activate. */
  readonly venvs: ReadonlySet<string>;
  /** A Python that a shell's line or a script's arguments start, and that is not there, as they call it. */
  readonly missing: string | undefined;
  /** Everything that is executed, or asked for, by name and where it really lies. */
  readonly files: ReadonlySet<string>;
  /** Where a program that starts looks for its own modules: the working folder, those of its arguments. */
  readonly folders: ReadonlySet<string>;
}

export interface StartedInput {
  readonly tree: FileTree;
  readonly config: Inventory['config'];
  readonly os: string;
}

/** Programs that start one another by their arguments; nobody needs more. */
const DEPTH = 4;
/** Commands in a line of a shell, and characters of it. */
const COMMANDS = 16;
const LINE = 4096;

const PYTHON = /(?:^|\/)python(?:3(?:\.\d{1,2}t?)?)?$/;
const SHELL = /(?:^|\/)(?:ba|da|a|z|k)?sh$|(?:^|\/)busybox$/;

/**
 * @param venvs folders of virtual environments
 * @param isByPath whether PYTHONPATH names the packages of one: then its own interpreter does not count
 */
export function findStarted(
  input: StartedInput,
  installations: readonly PythonInstallation[],
  venvs: readonly string[],
  isByPath: (venv: string) => boolean,
): StartedPython {
  const { tree, config } = input;
  const started = follow(input, startArguments(config), DEPTH);
  const files = new Set(started.flatMap((each) => filesOf(input, each)));
  const venvOf = createVenvFinder(tree, venvs);
  const entered = [...files].flatMap((file) => venvOf(folderOf(file)) ?? []);
  const activated = () => activatedVenvs(input, venvOf).filter((venv) => !isByPath(venv));
  const inVolume = (venv: string) =>
    config.volumes.some((volume) => `${venv}/`.startsWith(`${relative(volume)}/`));
  const venvsUsed = entered.length > 0 ? entered : activated();
  const python = started.flatMap(({ steps }) => steps).findLast(isPython);
  const runner = python
    ? runnerOf(python.path, installations)
    : anyPython(input, started, installations, venvsUsed.length > 0);
  const isBare = python === undefined || venvOf(folderOf(python.name)) === undefined;
  return {
    runner,
    bare: isBare ? runner : undefined,
    // Of the command itself another check tells.
    missing: started.slice(1).flatMap(({ broken }) => (broken ? missingOf(broken) : []))[0],
    // What a volume brings over one nobody knows.
    venvs: new Set(venvsUsed.filter((venv) => !inVolume(venv))),
    files,
    folders: foldersOf(input),
  };
}

type Started = Extract<Start, { kind: 'steps' }>;
type Step = Started['steps'][number];

/** What a command executes; where that is no Python, what its own arguments let it execute (`exec "$@"`, `sh -c`, `run -- `). */
function follow(input: StartedInput, words: readonly string[], depth: number): Started[] {
  const config = { ...input.config, entrypoint: words, cmd: [] };
  const start = findStart({ ...input, config });
  if (start.kind !== 'steps') return [];
  // Words of another program's command need not be programs.
  const isNoProgram = start.broken?.of === 'command' && !PYTHON.test(start.broken.asked);
  if (isNoProgram && depth < DEPTH) return [];
  if (start.broken || start.steps.some(isPython) || depth === 0) return [start];
  return [start, ...commandsIn(start, words).flatMap((inner) => follow(input, inner, depth - 1))];
}

function commandsIn({ steps }: Started, words: readonly string[]): readonly string[][] {
  const rest = words.slice(1);
  const [first = '', line = ''] = rest;
  if (/^-\w*c$/.test(first) && steps.some(({ name }) => SHELL.test(name))) return commandsOf(line);
  const separator = rest.indexOf('--');
  if (separator >= 0) return [rest.slice(separator + 1)];
  return first === '' || first.startsWith('-') ? [] : [rest];
}

/** A word that a shell leaves as it is. */
const PLAIN = /^[\w./+-]+$/;

/** The simple commands of a shell's line, as far as they can be told without a shell; what runs where another fails is left out. */
function commandsOf(line: string): string[][] {
  const parts = line
    .slice(0, LINE)
    .split(/&&|[;\n]/, COMMANDS)
    .flatMap((part) => (part.split('||', 1)[0] ?? '').split('|', COMMANDS))
    .map((part) => part.trim().split(/\s+/));
  const activated = parts.find(
    ([word, file = '']) => /^(?:\.|source)$/.test(word ?? '') && ACTIVATE.test(file),
  );
  // From there on everything is found in that environment first.
  if (activated) return [[(activated[1] ?? '').replace(ACTIVATE, '/bin/python')]];
  if (/\bPATH=/.test(line)) return [];
  return parts.flatMap((words) => {
    const first = words.findIndex((word) => word !== 'exec' && !/^\w+=/.test(word));
    return PLAIN.test(words[first] ?? '') ? [words.slice(first)] : [];
  });
}

const ACTIVATE = /\/bin\/activate$/;

function isPython({ path, name }: Step): boolean {
  return PYTHON.test(name) || PYTHON.test(path);
}

/** A relative path may lie in a folder that the line went to. */
function missingOf({ of, asked, reason }: NonNullable<Started['broken']>): string[] {
  return of === 'command' && reason === 'missing' && !/^[^/]+\//.test(asked) ? [asked] : [];
}

function runnerOf(path: string, installations: readonly PythonInstallation[]): Runner | undefined {
  const minor = minorOfProgram(path, installations);
  return minor === null ? undefined : { path, minor };
}

/** What a script may start of which nobody reads more than its first line: the Python that it would find. */
function anyPython(
  input: StartedInput,
  started: readonly Started[],
  installations: readonly PythonInstallation[],
  isVenv: boolean,
): Runner | undefined {
  const last = started.at(-1);
  if (!last || last.broken || isVenv) return undefined;
  const isOpen = last.steps.some(
    ({ facts, name }) => facts.shebang !== undefined || SHELL.test(name),
  );
  return isOpen ? mainRunner(input, installations) : undefined;
}

function filesOf({ config }: StartedInput, { steps, broken }: Started): string[] {
  const asked = broken?.asked.includes('/') ? [fromWorkingFolder(config, broken.asked)] : [];
  const by = broken?.by ? [broken.by] : [];
  return [...steps.flatMap(({ path, name }) => [path, name]), ...asked, ...by].map(relative);
}

/** The environment whose `bin` a folder is, wherever links put it. */
function createVenvFinder(tree: FileTree, venvs: readonly string[]) {
  const known = new Map(venvs.map((venv) => [tree.resolve(`${venv}/bin`), venv]));
  return (folder: string) => known.get(tree.resolve(folder) ?? folder);
}

/** PATH's first, and the one that VIRTUAL_ENV names. */
function activatedVenvs(
  { config }: StartedInput,
  venvOf: (folder: string) => string | undefined,
): string[] {
  const named = variableOf(config, 'VIRTUAL_ENV');
  const inPath = searchPath(config).map((folder) => venvOf(relative(folder)));
  return [
    ...(named?.startsWith('/') ? [venvOf(`${relative(named)}/bin`)] : []),
    inPath.find((each) => each !== undefined),
  ].filter((each) => each !== undefined);
}

function foldersOf({ tree, config }: StartedInput): ReadonlySet<string> {
  const files = startArguments(config).filter((word) => /[/.]/.test(word) && !word.startsWith('-'));
  const folders = files.flatMap((word) => {
    const real = tree.resolve(relative(fromWorkingFolder(config, word)));
    return real === undefined || tree.entry(real)?.type !== 'file' ? [] : [folderOf(real)];
  });
  const working = tree.resolve(relative(config.workingDir));
  return new Set([...folders, ...(working ? [working] : [])]);
}

function relative(path: string): string {
  return path.split('/').filter(Boolean).join('/');
}
