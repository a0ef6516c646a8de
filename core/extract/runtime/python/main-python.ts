import { pathFolders } from '../../../check/find-programs.ts';
import type { FileTree } from '../../../image/file-tree.ts';
import type { Inventory } from '../../../inventory/inventory.ts';
import type { PythonInstallation } from './list-python-files.ts';

/** An interpreter of an image that may run something. */
export interface Runner {
  /** Links followed. */
  readonly path: string;
  /** `3.13`, free-threaded `3.13t`. */
  readonly minor: string;
}

/** What says what an image starts. */
export interface CommandInput {
  readonly tree: FileTree;
  readonly config: Pick<Inventory['config'], 'env' | 'entrypoint' | 'cmd'>;
}

/** By the first word of the command where that is a Python, else by the PATH. */
export function mainRunner(
  { tree, config }: CommandInput,
  installations: readonly PythonInstallation[],
): Runner | undefined {
  const [word = ''] = [...config.entrypoint, ...config.cmd];
  const folders = pathFolders(config.env);
  const inPath = (name: string) => folders.map((folder) => `${folder}/${name}`);
  const isPython = /(?:^|\/)python(?:3(?:\.\d+t?)?)?$/.test(word);
  const asked = word.startsWith('/') ? [word.slice(1)] : inPath(word);
  const paths = [...(isPython ? asked : []), ...inPath('python3'), ...inPath('python')];
  for (const path of paths) {
    const real = tree.resolve(path);
    if (real === undefined || tree.entry(real)?.type !== 'file') continue;
    const minor = minorOfProgram(real, installations);
    return minor === null ? undefined : { path: real, minor };
  }
  return undefined;
}

/** By its name, else by the only minor that lies where it lies; a free-threaded one names itself. */
export function minorOfProgram(
  real: string,
  installations: readonly PythonInstallation[],
): string | null {
  const named = /(?:^|\/)python(3\.\d{1,2}t?)$/.exec(real)?.[1];
  if (named) return named;
  const prefix = /^(?<prefix>.*?)\/?bin\/[^/]+$/.exec(real)?.groups?.prefix;
  const near = installations.filter((each) => each.prefix === prefix);
  const [only] = near;
  return near.length === 1 && only ? labelOf(only) : null;
}

/** `3.13`, `3.13t`. */
export function labelOf({
  minor,
  isFreeThreaded,
}: Pick<PythonInstallation, 'minor' | 'isFreeThreaded'>): string {
  return `${minor}${isFreeThreaded ? 't' : ''}`;
}
