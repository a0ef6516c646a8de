import { quote } from '../../extract/token.ts';
import type { FileTree } from '../../image/file-tree.ts';
import type { LoadLibraries } from './load-libraries.ts';
import { findNewerGlibc } from './newer-glibc.ts';

/**
 * Why a program cannot start, in a few words (`no "libx.so.1"`): its loader, a library or a newer glibc
 * is missing. `undefined` where nothing is, or where it is not known.
 */
export function whyNotStarting(
  tree: FileTree,
  load: LoadLibraries,
  path: string,
): string | undefined {
  const elf = tree.facts(path)?.elf;
  if (!elf) return undefined;
  if (elf.interpreter !== undefined && tree.resolve(elf.interpreter) === undefined) {
    return `no ${quote(elf.interpreter)}`;
  }
  const { files, missing } = load(path, elf);
  const [library] = missing;
  if (library) return `no ${quote(library.library)}`;
  const newer = findNewerGlibc(files);
  return newer && `glibc 2.${newer.there}, /${newer.path} needs 2.${newer.asked}`;
}
