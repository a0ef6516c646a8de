import type { FileTree } from '../../image/file-tree.ts';
import type { Inventory } from '../../inventory/inventory.ts';

/** Where runtimes look when the image sets no PATH (moby, `oci.DefaultPathEnv`; containerd has the same). */
const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** A command as an image has it. */
export type FoundCommand =
  | {
      readonly kind: 'found';
      /** Where the file really lies. */
      readonly path: string;
      /** The name by which it was found, links not followed. */
      readonly name: string;
    }
  | {
      readonly kind: 'not-executable' | 'folder';
      readonly path: string;
      readonly name: string;
    }
  | { readonly kind: 'missing' };

const MISSING: FoundCommand = { kind: 'missing' };

/** Bits that let anybody execute a file. */
const EXECUTABLE = 0o111;

/** Finds what a command names: with a slash a path from the working folder on, else the first of that name in PATH (runc and Go's `exec.LookPath`). */
export function findCommand(
  tree: FileTree,
  config: Inventory['config'],
  command: string,
): FoundCommand {
  if (command === '') return MISSING;
  if (command.includes('/')) return lookAt(tree, fromWorkingFolder(config, command));
  let rejected: FoundCommand = MISSING;
  for (const folder of searchPath(config)) {
    const found = lookAt(tree, `${folder}/${command}`);
    if (found.kind === 'found') return found;
    // A folder of that name is passed over.
    if (found.kind === 'not-executable') rejected = found;
  }
  return rejected;
}

/** A path as a process that was just started sees it. */
export function fromWorkingFolder(
  { workingDir }: Pick<Inventory['config'], 'workingDir'>,
  path: string,
): string {
  return path.startsWith('/') ? path : `${workingDir}/${path}`;
}

/** The value of a variable; of one that is set twice, the last (runc). */
export function variableOf(
  config: Pick<Inventory['config'], 'env'>,
  name: string,
): string | undefined {
  return config.env.findLast((each) => each.startsWith(`${name}=`))?.slice(name.length + 1);
}

/** The folders in which a command is looked up; relative ones are not (Go's `exec.ErrDot`). */
export function searchPath(config: Inventory['config']): string[] {
  const path = variableOf(config, 'PATH') || DEFAULT_PATH;
  return path.split(':').filter((folder) => folder.startsWith('/'));
}

function lookAt(tree: FileTree, at: string): FoundCommand {
  const path = tree.resolve(at);
  const entry = path === undefined ? undefined : tree.entry(path);
  const name = at.split('/').filter(Boolean).join('/');
  if (path !== undefined && entry?.type === 'directory') return { kind: 'folder', path, name };
  if (path === undefined || entry?.type !== 'file') return MISSING;
  const isExecutable = (entry.mode & EXECUTABLE) !== 0;
  return { kind: isExecutable ? 'found' : 'not-executable', path, name };
}
