import type { Problem } from '../image/capture.ts';
import type { FileTree } from '../image/file-tree.ts';

/** A file of an image, looked up by a path that may run through links. */
type FoundFile =
  | {
      readonly kind: 'file';
      /** Where the file really lies. */
      readonly path: string;
      readonly bytes: Uint8Array;
    }
  | { readonly kind: 'absent' }
  | { readonly kind: 'unreadable'; readonly problem: Problem };

/** Reads a wanted file, links followed. */
export function readBytes(tree: FileTree, path: string): FoundFile {
  const real = tree.resolve(path);
  if (real === undefined) {
    return tree.entry(path) ? unreadable(path, 'a link that leads to no file') : { kind: 'absent' };
  }
  const entry = tree.entry(real);
  if (entry?.type !== 'file') return unreadable(path, 'not a regular file');
  const bytes = tree.bytes(real);
  if (!bytes) return unreadable(path, 'its content was not kept');
  return { kind: 'file', path: real, bytes };
}

function unreadable(path: string, reason: string): FoundFile {
  return { kind: 'unreadable', problem: { path, reason } };
}
