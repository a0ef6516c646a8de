import type { Problem } from '../../image/capture.ts';
import type { FileTree } from '../../image/file-tree.ts';
import type { Inventory, Package, Runtime } from '../../inventory/inventory.ts';

export type Language = Runtime['language'];

/** One thing in an image that speaks of a runtime. */
export interface Evidence {
  readonly kind: 'file' | 'package' | 'env';
  /**
   * The installation that it speaks of, unlike any other of its language: a folder, of Python with
   * the minor. `null` where it does not say: it joins the one that it fits.
   */
  readonly home: string | null;
  /** Lower is stronger. */
  readonly rank: number;
  /** For a conflict: `python3.13-minimal`, `ENV PYTHON_VERSION`. */
  readonly name: string;
  /** One line for people, with the path: `build details: 3.14.4 (usr/lib/…)`. */
  readonly text: string;
  /** File, or `config.Env`. */
  readonly path: string;
  /** Upstream's, as far as it says: `3.14.4`, `3.14`; `null` where it says only that something is there. */
  readonly version: string | null;
}

/** What the readers of one language found. */
export interface Gathered {
  readonly evidence: readonly Evidence[];
  readonly problems: readonly Problem[];
  /** The program that the language's plain name starts, where that is looked for and found. */
  readonly started?: string | undefined;
}

/** What is looked at. */
export interface RuntimeInput {
  readonly tree: FileTree;
  /** All packages of the image; those of the OS count. */
  readonly packages: readonly Package[];
  readonly config: Pick<Inventory['config'], 'env' | 'entrypoint' | 'cmd'>;
  /** The OS package whose file a path is. */
  readonly ownerOf: (path: string) => string | null;
}

/** Whether a version says all of itself: `3.14.0rc1`, `21.0.4.1`, not `3.14`. */
export function isExact(version: string): boolean {
  return /^\d+\.\d+\.\d+/.test(version);
}

/** `3.14` of `3.14.0rc1`. */
export function minorOf(version: string): string {
  return /^\d+(?:\.\d+)?/.exec(version)?.[0] ?? version;
}

/** Whether neither of two versions denies the other: `3.14` and `3.14.4`. */
export function agree(left: string, right: string): boolean {
  return left === right || left.startsWith(`${right}.`) || right.startsWith(`${left}.`);
}

/** What the environment says under this name, an empty value left out; of two the last counts, as in runc. */
export function readVariable(env: readonly string[], name: string): string | undefined {
  const found = env.findLast((each) => each.startsWith(`${name}=`));
  return found?.slice(name.length + 1).trim() || undefined;
}
