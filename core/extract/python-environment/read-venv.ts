import type { FileTree } from '../../image/file-tree.ts';
import { readText } from '../read-text.ts';
import type { PythonInstallation } from '../runtime/python/list-python-files.ts';
import { minorOfProgram } from '../runtime/python/main-python.ts';
import type { PythonFolders, Site } from './list-sites.ts';

/** How a virtual environment gets its interpreter. */
export type VenvInterpreter =
  /** Its link leads nowhere. */
  | { readonly kind: 'dangling'; readonly path: string; readonly link: string }
  /** None is in it: it is used by its folder of packages, if at all. */
  | { readonly kind: 'none' }
  /** A link to an interpreter of the image; `isVersioned`: the link names the minor. */
  | {
      readonly kind: 'linked';
      readonly path: string;
      readonly real: string;
      readonly minor: string | null;
      readonly isVersioned: boolean;
    }
  /** A program of its own, whose standard library lies where its home says. */
  | { readonly kind: 'copied'; readonly path: string; readonly minor: string | null };

/** A virtual environment (PEP 405), by whatever tool. */
export interface Venv {
  readonly path: string;
  readonly config: string;
  /** Of pyvenv.cfg: the folder of the interpreter that made it. */
  readonly home: string | undefined;
  /** Of pyvenv.cfg: `3.13` (`3.13t` where its folders say so). */
  readonly madeBy: string | undefined;
  readonly interpreter: VenvInterpreter;
  readonly sites: readonly Site[];
}

/** Reads one virtual environment; `installations` are the interpreters of the image. */
export function readVenv(
  tree: FileTree,
  path: string,
  folders: PythonFolders,
  installations: readonly PythonInstallation[],
): Venv {
  const config = `${path}/pyvenv.cfg`;
  const settings = readSettings(tree, config);
  const sites = folders.sites.filter(({ prefix }) => prefix === path);
  const version = /^\s*(\d+\.\d+)/.exec(
    settings.get('version') ?? settings.get('version_info') ?? '',
  );
  const minor = version?.[1];
  const isFree = minor !== undefined && tree.entry(`${path}/lib/python${minor}t`) !== undefined;
  const names = folders.interpreters.get(path) ?? [];
  return {
    path,
    config,
    home: settings.get('home'),
    madeBy: minor === undefined ? undefined : `${minor}${isFree ? 't' : ''}`,
    interpreter: findInterpreter(tree, path, names, installations),
    sites,
  };
}

/** `key = value`, keys without case, as site.py reads them. */
function readSettings(tree: FileTree, path: string): ReadonlyMap<string, string> {
  const file = readText(tree, path);
  const lines = file.kind === 'text' ? file.text.split('\n') : [];
  return new Map(
    lines.flatMap((line): [string, string][] => {
      const at = line.indexOf('=');
      return at < 0 ? [] : [[line.slice(0, at).trim().toLowerCase(), line.slice(at + 1).trim()]];
    }),
  );
}

/** The first of its names that leads to a program counts; all of them are links to one as a rule. */
function findInterpreter(
  tree: FileTree,
  path: string,
  names: readonly string[],
  installations: readonly PythonInstallation[],
): VenvInterpreter {
  const [first] = names;
  if (first === undefined) return { kind: 'none' };
  const found = names.find((name) => tree.entry(tree.resolve(name) ?? '')?.type === 'file');
  if (found === undefined) {
    return { kind: 'dangling', path: first, link: tree.entry(first)?.link ?? '' };
  }
  const real = tree.resolve(found) ?? '';
  if (real.startsWith(`${path}/`)) {
    return { kind: 'copied', path: real, minor: minorOfCopy(tree, names, real) };
  }
  const isVersioned = /python3\.\d+t?$/.test(outwardLink(tree, path, names));
  return {
    kind: 'linked',
    path: found,
    real,
    minor: minorOfProgram(real, installations),
    isVersioned,
  };
}

/** The text of the link by which it leaves the environment. */
function outwardLink(tree: FileTree, path: string, names: readonly string[]): string {
  const links = names.map((name) => tree.entry(name)?.link ?? '');
  const leaves = (link: string) =>
    link.startsWith('..') || (link.startsWith('/') && !link.startsWith(`/${path}/`));
  return links.find(leaves) ?? '';
}

/** By the library it needs, its bytes, or the name that it was copied under. */
function minorOfCopy(tree: FileTree, names: readonly string[], real: string): string | null {
  const elf = tree.facts(real)?.elf;
  const needed = elf?.needed?.map((each) => /^libpython(3\.\d{1,2}t?)\.so/.exec(each)?.[1]);
  const library = needed?.find((each) => each !== undefined);
  if (library) return library;
  const named = names.flatMap((name) => /python(3\.\d{1,2}t?)$/.exec(name)?.[1] ?? []);
  if (named.length === 1) return named[0] ?? null;
  return null;
}
