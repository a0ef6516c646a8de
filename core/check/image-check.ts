import type { FileTree } from '../image/file-tree.ts';
import type { Check, Distro, Inventory, Package, Runtime } from '../inventory/inventory.ts';
import type { PythonEnvironment } from '../inventory/python-environment.ts';
import type { LayerKey } from './find-buried-keys.ts';
import type { CheckId } from './listed-checks.ts';
import type { Start } from './start/start.ts';

/** What a check may look at. */
export interface CheckInput {
  readonly tree: FileTree;
  readonly config: Inventory['config'];
  /** Of the config, as GOOS and GOARCH call them. */
  readonly os: string;
  readonly architecture: string;
  readonly distro: Distro | null;
  readonly packages: readonly Package[];
  readonly runtimes: readonly Runtime[];
  readonly pythonEnvironments: readonly PythonEnvironment[];
  /** Name of the OS package whose file a path is. */
  readonly ownerOf: (path: string) => string | null;
  /** Private keys that a layer holds and the image does not show any more. */
  readonly buriedKeys: readonly LayerKey[];
  /** What runs when a container of the image starts. */
  readonly start: Start;
}

/**
 * What becomes of a check that fails. `hardening`: a protection is not there; told where a lineage
 * loses it. `fitness`: the image cannot start or run; told as well. `advice`: shown where somebody
 * looks at the image, never told.
 */
export type CheckKind = 'hardening' | 'fitness' | 'advice';

/** What a check says of an image. */
export type Verdict = Omit<Check, 'id'>;

/** One question about an image; `fail` means that the bad thing is there. Pure; never throws for what an image holds. */
export interface ImageCheck {
  readonly id: CheckId;
  run(input: CheckInput): Verdict;
}

export function pass(message: string, evidence: string | null = null): Verdict {
  return { status: 'pass', message, evidence };
}

export function fail(message: string, evidence: string | null): Verdict {
  return { status: 'fail', message, evidence };
}

export function unknown(message: string, evidence: string | null = null): Verdict {
  return { status: 'unknown', message, evidence };
}
