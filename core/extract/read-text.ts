import type { Problem } from '../image/capture.ts';
import type { FileTree } from '../image/file-tree.ts';

/** A file of an image, looked up by a path that may run through links. */
type TextFile =
  | {
      readonly kind: 'text';
      /** Where the file really lies. */
      readonly path: string;
      /** UTF-8; bytes that are none became U+FFFD. */
      readonly text: string;
    }
  | { readonly kind: 'absent' }
  | { readonly kind: 'unreadable'; readonly problem: Problem };

/** Reads a wanted file as text, links followed. */
export function readText(tree: FileTree, path: string): TextFile {
  const real = tree.resolve(path);
  if (real === undefined) {
    return tree.entry(path) ? unreadable(path, 'a link that leads to no file') : { kind: 'absent' };
  }
  const entry = tree.entry(real);
  if (entry?.type !== 'file') return unreadable(path, 'not a regular file');
  const bytes = tree.bytes(real);
  if (!bytes) return unreadable(path, 'its content was not kept');
  return { kind: 'text', path: real, text: new TextDecoder().decode(bytes) };
}

function unreadable(path: string, reason: string): TextFile {
  return { kind: 'unreadable', problem: { path, reason } };
}
