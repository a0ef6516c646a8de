import type { FileTree, TreeEntry } from '../../../image/file-tree.ts';

/** A file that belongs to an interpreter of Python 3 by where it lies. */
export interface PythonFile {
  readonly kind: 'program' | 'library' | 'stdlib' | 'build-details' | 'sysconfig' | 'header';
  readonly path: string;
  /** Folder of the installation: `usr/local`; empty for the root. */
  readonly prefix: string;
  /** `3.14`. */
  readonly minor: string;
  readonly isFreeThreaded: boolean;
}

/** One interpreter: a prefix may hold several minors, and free-threaded builds beside the usual ones. */
export interface PythonInstallation {
  readonly prefix: string;
  readonly minor: string;
  readonly isFreeThreaded: boolean;
  readonly files: readonly PythonFile[];
}

/** What an image's file table says of interpreters. */
export interface PythonFiles {
  readonly installations: readonly PythonInstallation[];
  /** `python` and `python3` in folders of programs that are no virtual environment's. */
  readonly names: readonly string[];
}

const PROGRAM = /^(?<prefix>(?:.+\/)?)bin\/python(?<minor>3\.\d{1,2})(?<free>t?)$/;
const NAME = /^(?<prefix>(?:.+\/)?)bin\/python3?$/;
const LIBRARY =
  /^(?<prefix>(?:.+\/)?)lib(?:64)?\/(?:[\w.]+-linux-[\w.]+\/)?libpython(?<minor>3\.\d{1,2})(?<free>t?)\.so\.[\d.]+$/;
const STDLIB =
  /^(?<prefix>(?:.+\/)?)lib(?:64)?\/python(?<minor>3\.\d{1,2})(?<free>t?)\/(?:(?<os>os\.pyc?)|(?<details>build-details\.json)|(?<sysconfig>_sysconfigdata_[^/]*\.py))$/;

/** Until 3.7 the folder says how it was built. */
const HEADER =
  /^(?<prefix>(?:.+\/)?)include\/python(?<minor>3\.\d{1,2})(?:m|(?<free>t))?\/patchlevel\.h$/;

/** Interpreters in an image; above that it is no image that runs. */
const INSTALLATIONS = 64;

/** The interpreters of an image, by prefix and minor; those that a virtual environment copied are no installations. */
export function listPythonFiles(tree: FileTree): PythonFiles {
  const entries = [...tree.entries()].filter(({ path }) => path.includes('python'));
  const isOutside = (prefix: string) => tree.entry(`${prefix}pyvenv.cfg`) === undefined;
  const names = entries.flatMap(({ path }) => {
    const prefix = NAME.exec(path)?.groups?.prefix;
    return prefix !== undefined && isOutside(prefix) ? [path] : [];
  });
  const files = entries
    .flatMap((entry) => readFile(entry) ?? [])
    .filter(({ prefix }) => isOutside(prefix === '' ? '' : `${prefix}/`));
  const installations = [
    ...Map.groupBy(files, ({ prefix, minor, isFreeThreaded }) =>
      pythonHome(prefix, minor, isFreeThreaded),
    ).values(),
  ].flatMap((group) => toInstallation(group) ?? []);
  return { installations: installations.slice(0, INSTALLATIONS), names };
}

/** Names an installation: `usr/local 3.14t`. */
export function pythonHome(prefix: string, minor: string, isFreeThreaded: boolean): string {
  return `${prefix} ${minor}${isFreeThreaded ? 't' : ''}`;
}

/** A library alone runs inside other programs, and headers are for building them: without modules and without a program it is no interpreter. */
function toInstallation(files: readonly PythonFile[]): PythonInstallation | undefined {
  const [first] = files;
  if (!first || files.every(({ kind }) => kind === 'library' || kind === 'header'))
    return undefined;
  const { prefix, minor, isFreeThreaded } = first;
  return { prefix, minor, isFreeThreaded, files };
}

function readFile({ path, type }: TreeEntry): PythonFile | undefined {
  if (type === 'directory') return undefined;
  const program = type === 'file' ? PROGRAM.exec(path)?.groups : undefined;
  const library = type === 'file' ? LIBRARY.exec(path)?.groups : undefined;
  const header = type === 'file' ? HEADER.exec(path)?.groups : undefined;
  const found = program ?? library ?? header ?? STDLIB.exec(path)?.groups;
  if (!found) return undefined;
  return {
    kind: (program && 'program') ?? (library && 'library') ?? (header && 'header') ?? kindOf(found),
    path,
    prefix: (found.prefix ?? '').replace(/\/$/, ''),
    minor: found.minor ?? '',
    isFreeThreaded: found.free === 't',
  };
}

/** Of what lies in the folder of the standard library. */
function kindOf({ os, details }: Readonly<Record<string, string | undefined>>): PythonFile['kind'] {
  if (os) return 'stdlib';
  return details ? 'build-details' : 'sysconfig';
}
