import type { FileTree } from '../image/file-tree.ts';
import type { Package } from '../inventory/inventory.ts';

/** An interpreter and its standard library, as its own build installs them. */
interface RuntimeTree {
  /** As the package that stands for it is called. */
  readonly language: string;
  /** `3.14` where the paths say it. */
  readonly minor?: string | undefined;
  /** Where it is installed: `usr/local/`, empty for the root; of Java its home. */
  readonly prefix: string;
}

const PYTHON_LIBRARY =
  /^((?:.*\/)?)lib(?:64)?\/(?:python(\d+\.\d+)t?\/(?!(?:site|dist)-packages\/)|libpython(\d+(?:\.\d+)?)t?\.so)/;
const PYTHON_PROGRAM = /^((?:.*\/)?)bin\/python(\d+(?:\.\d+)?)?t?$/;
const NODE_PROGRAM = /^((?:.*\/)?)bin\/node$/;

/**
 * Says whether a file is part of an interpreter that was built from source: `python:slim`'s, Node's
 * and Java's own images have no OS package for theirs.
 */
export function runtimeTreeOf(tree: FileTree, path: string): RuntimeTree | undefined {
  const library = PYTHON_LIBRARY.exec(path);
  if (library) {
    const [, prefix = '', folder, file] = library;
    return { language: 'python', minor: folder ?? file, prefix };
  }
  const program = PYTHON_PROGRAM.exec(path);
  if (program) return { language: 'python', minor: program[2], prefix: program[1] ?? '' };
  const node = NODE_PROGRAM.exec(path);
  if (node) return { language: 'node', prefix: node[1] ?? '' };
  const home = javaHomeOf(tree, path);
  return home === undefined ? undefined : { language: 'java', prefix: `${home}/` };
}

/** A home of Java has its classes in one file, and beside them what it is (JDK, `release`). */
function javaHomeOf(tree: FileTree, path: string): string | undefined {
  for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
    const home = path.slice(0, end);
    if (!tree.entry(`${home}/release`)) continue;
    if (
      ['lib/modules', 'jre/lib/rt.jar', 'lib/rt.jar'].some((each) => tree.entry(`${home}/${each}`))
    ) {
      return home;
    }
  }
  return undefined;
}

/**
 * Whether a package stands for an interpreter: one that was found by a file of this very installation. Another of
 * the same language says nothing of it.
 */
export function standsFor(
  { language, minor, prefix }: RuntimeTree,
  { tree, packages }: { readonly tree: FileTree; readonly packages: readonly Package[] },
): boolean {
  return packages.some(
    ({ type, name, version, path }) =>
      type === 'bitnami' &&
      name === language &&
      (minor === undefined || version === minor || version.startsWith(`${minor}.`)) &&
      // A link to a program may lie elsewhere.
      isOfPrefix(language, prefix, tree.resolve(path) ?? path),
  );
}

const OF_PREFIX: Readonly<Record<string, RegExp>> = {
  python: /^(?:bin|lib(?:64)?|include)\/(?:lib)?python/,
  node: /^(?:bin|lib(?:64)?|include)\/node/,
};

function isOfPrefix(language: string, prefix: string, path: string): boolean {
  if (language === 'java') {
    // A JDK's own runtime may be a home in that (`jre/`).
    const home = path.slice(0, path.lastIndexOf('/') + 1);
    return path.startsWith(prefix) || (home !== '' && prefix.startsWith(home));
  }
  return path.startsWith(prefix) && (OF_PREFIX[language]?.test(path.slice(prefix.length)) ?? false);
}

/** Whether a file is the interpreter of a virtual environment, copied from the one that it is for (`python3 -m venv --copies`). */
export function isInVirtualEnvironment(tree: FileTree, path: string): boolean {
  const root = /^(.*)\/bin\/python[\d.]*t?$/.exec(path)?.[1];
  return root !== undefined && tree.entry(`${root}/pyvenv.cfg`) !== undefined;
}
