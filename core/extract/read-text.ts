import type { Problem } from '../image/capture.ts';
import type { FileTree } from '../image/file-tree.ts';
import { readBytes } from './read-bytes.ts';

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
  const file = readBytes(tree, path);
  if (file.kind !== 'file') return file;
  return { kind: 'text', path: file.path, text: new TextDecoder().decode(file.bytes) };
}
