import { allowsMinor } from '../version/python-requires.ts';

/** Why a Python environment does not work, or would not. */
export type PythonRule =
  /** What would run it is not there, or cannot start. */
  | 'no-interpreter'
  /** A copied interpreter has no standard library. */
  | 'no-standard-library'
  /** Its packages lie where another minor looks: builder and runtime are not of one minor. */
  | 'other-minor'
  /** The first line of a program leads nowhere, or to a minor that does not find its packages. */
  | 'script'
  /** An extension module is compiled for another minor. */
  | 'extension'
  /** A wheel is for other interpreters. */
  | 'wheel'
  /** A wheel is for another C library, or a newer one. */
  | 'libc'
  /** A package says that it does not support it. */
  | 'requires-python'
  /** A setting of the image names a minor. */
  | 'setting';

/** One thing that breaks an environment. */
export interface PythonBreak {
  readonly rule: PythonRule;
  /** The file, or the field of the config, that proves it. */
  readonly evidence: string;
  /** One sentence for people. */
  readonly message: string;
  /** Whether what the image starts meets it, as far as its config says. */
  readonly isStarted?: true;
}

/** Something that works on some minors alone. */
export interface PythonBound extends PythonBreak {
  /** The minors it works on (`3.13`, `3.13t`), or what its package asks for (`>=3.9,<3.14`). */
  readonly worksOn: { readonly minors: readonly string[] } | { readonly requires: string };
}

/** A virtual environment, a folder of installed packages, one of scripts, or the settings that name a minor. */
export interface PythonEnvironment {
  readonly kind: 'venv' | 'packages' | 'scripts' | 'settings';
  /** Its folder; `config` of settings. */
  readonly path: string;
  /** The minor that it was made for (`3.13`, free-threaded `3.13t`); `null` where nothing depends on one. */
  readonly minor: string | null;
  /** The interpreter that runs it (a path, links followed) and its minor; `null` where that is not known or not there. */
  readonly runsOn: { readonly path: string; readonly minor: string } | null;
  /** Installed projects. */
  readonly packages: number;
  /** Empty: it works, as far as its files tell. */
  readonly broken: readonly PythonBreak[];
  /** What ties it to some minors: what breaks once the image's Python moves. */
  readonly bounds: readonly PythonBound[];
  /** Whether what the image starts uses it, as far as its config says; absent in inventories of before. */
  readonly isStarted?: true;
}

/** What breaks in an environment when the Python that runs it moves to a minor (`3.15`). */
export function breaksOn({ bounds }: PythonEnvironment, minor: string): readonly PythonBound[] {
  return bounds.filter(({ worksOn }) => !worksOnMinor(worksOn, minor));
}

/** Whether something works on a minor. */
export function worksOnMinor(worksOn: PythonBound['worksOn'], minor: string): boolean {
  return 'minors' in worksOn
    ? worksOn.minors.includes(minor)
    : allowsMinor(worksOn.requires, minor);
}

/** The minors after one, the next first: `3.14`, `3.15`. */
export function nextMinors(minor: string, count: number): string[] {
  const [major, number] = minor.replace(/t$/, '').split('.').map(Number);
  return Array.from({ length: count }, (_, at) => `${major}.${(number ?? 0) + 1 + at}`);
}
