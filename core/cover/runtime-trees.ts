import type { FileTree } from '../image/file-tree.ts';
import type { Package } from '../inventory/inventory.ts';

/** An interpreter and its standard library, as its own build installs them. */
interface RuntimeTree {
  /** As the package that stands for it is called. */
  readonly language: string;
  /** `3.14` where the paths say it. */
  readonly minor?: string | undefined;
}

const PYTHON_LIBRARY =
  /^(?:.*\/)?lib(?:64)?\/(?:python(\d+\.\d+)t?\/(?!(?:site|dist)-packages\/)|libpython(\d+(?:\.\d+)?)t?\.so)/;
const PYTHON_PROGRAM = /^(?:.*\/)?bin\/python(\d+(?:\.\d+)?)?t?$/;
const NODE_PROGRAM = /^(?:.*\/)?bin\/node$/;

/**
 * Says whether a file is part of an interpreter that was built from source: `python:slim`'s, Node's
 * and Java's own images have no OS package for theirs.
 */
export function runtimeTreeOf(tree: FileTree, path: string): RuntimeTree | undefined {
  const library = PYTHON_LIBRARY.exec(path);
  if (library) return { language: 'python', minor: library[1] ?? library[2] };
  const program = PYTHON_PROGRAM.exec(path);
  if (program) return { language: 'python', minor: program[1] };
  if (NODE_PROGRAM.test(path)) return { language: 'node' };
  return isInJavaHome(tree, path) ? { language: 'java' } : undefined;
}

/** A home of Java has its classes in one file, and beside them what it is (JDK, `release`). */
function isInJavaHome(tree: FileTree, path: string): boolean {
  for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
    const home = path.slice(0, end);
    if (!tree.entry(`${home}/release`)) continue;
    if (
      ['lib/modules', 'jre/lib/rt.jar', 'lib/rt.jar'].some((each) => tree.entry(`${home}/${each}`))
    ) {
      return true;
    }
  }
  return false;
}

/** Whether a package stands for an interpreter: one of its own, or an OS package that it was copied from into a virtual environment. */
export function standsFor({ language, minor }: RuntimeTree, packages: readonly Package[]): boolean {
  return packages.some(
    ({ type, name, version }) =>
      type === 'bitnami' &&
      name === language &&
      (minor === undefined || version === minor || version.startsWith(`${minor}.`)),
  );
}

/** Whether a file is the interpreter of a virtual environment, copied from the one that it is for (`python3 -m venv --copies`). */
export function isInVirtualEnvironment(tree: FileTree, path: string): boolean {
  const root = /^(.*)\/bin\/python[\d.]*t?$/.exec(path)?.[1];
  return root !== undefined && tree.entry(`${root}/pyvenv.cfg`) !== undefined;
}
