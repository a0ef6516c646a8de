import { createLoadLibraries } from '../../check/start/load-libraries.ts';
import { whyNotStarting } from '../../check/start/why-not-starting.ts';
import { findLibc } from '../../drift/find-libc.ts';
import type { FileTree } from '../../image/file-tree.ts';
import type { Inventory, Package } from '../../inventory/inventory.ts';
import { readVariable } from '../runtime/evidence.ts';
import { listPythonFiles, type PythonInstallation } from '../runtime/python/list-python-files.ts';
import { labelOf, mainRunner, type Runner } from '../runtime/python/main-python.ts';
import { findStarted, type StartedPython } from './find-started.ts';
import { listPythonFolders, type PythonFolders } from './list-sites.ts';
import type { TagLibc } from './wheel-tags.ts';

/** What is looked at. */
export interface EnvironmentInput {
  readonly tree: FileTree;
  readonly packages: readonly Package[];
  readonly distro: Inventory['distro'];
  readonly config: Inventory['config'];
  /** Of the config, as GOOS calls it. */
  readonly os: string;
  /** The OS package whose file a path is. */
  readonly ownerOf: (path: string) => string | null;
}

/** What all environments of an image are judged by. */
export interface Surroundings extends EnvironmentInput {
  readonly folders: PythonFolders;
  readonly installations: readonly PythonInstallation[];
  /** Every interpreter, one for each installation. */
  readonly runners: readonly Runner[];
  /** What the image starts of all this. */
  readonly started: StartedPython;
  /** What `python` means when the image starts; `undefined` where that is not known. */
  readonly main: Runner | undefined;
  /** Folders that the settings let Python import from. */
  readonly imported: ReadonlySet<string>;
  /** Why a program of the image cannot start, in a few words; `undefined` where nothing speaks against it. */
  readonly whyNotStarting: (path: string) => string | undefined;
  /** The C library, where it is certain enough to judge by. */
  readonly libc: TagLibc | undefined;
}

export function readSurroundings(input: EnvironmentInput): Surroundings {
  const { tree, config } = input;
  const { installations } = listPythonFiles(tree);
  const imported = importedFolders(tree, config.env);
  const folders = listPythonFolders(tree, [...imported]);
  const isByPath = (venv: string) =>
    folders.sites.some(({ prefix, path }) => prefix === venv && imported.has(path));
  const started = findStarted(input, installations, folders.venvs, isByPath);
  const load = createLoadLibraries(tree, config);
  return {
    ...input,
    folders,
    installations,
    started,
    runners: installations.map((each) => ({ path: programOf(each), minor: labelOf(each) })),
    main: started.runner ?? mainRunner(input, installations),
    imported,
    whyNotStarting: (path) => whyNotStarting(tree, load, path),
    libc: libcOf(input),
  };
}

/** The program, or where one that cannot be named has its modules. */
function programOf({ files }: PythonInstallation): string {
  const program = files.find(({ kind }) => kind === 'program') ?? files[0];
  return program?.path ?? '';
}

/** PYTHONPATH and the folder of a Lambda function, where they really lie. */
function importedFolders(tree: FileTree, env: readonly string[]): ReadonlySet<string> {
  const folders = [
    ...(readVariable(env, 'PYTHONPATH')?.split(':') ?? []),
    readVariable(env, 'LAMBDA_TASK_ROOT') ?? '',
  ];
  const real = folders
    .filter((folder) => folder.startsWith('/'))
    .flatMap((folder) => tree.resolve(folder.slice(1)) ?? []);
  return new Set(real.filter((folder) => folder !== ''));
}

/** Alpine's stand-ins for glibc load most of what asks for it: then nothing is certain. */
function libcOf({ packages, distro }: EnvironmentInput): TagLibc | undefined {
  if (packages.some(({ name }) => /^(?:gcompat|libc6-compat|glibc-compat)$/.test(name))) {
    return undefined;
  }
  const libc = findLibc({ packages, distro });
  return libc && /^\d+\.\d+$/.test(libc.series) ? libc : undefined;
}
