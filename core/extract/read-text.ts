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

/** apk's database has four lines for each file; each line costs many times its length once it is split off. */
const MAX_LINES = 1_000_000;

/** Reads a wanted file as text, links followed. */
export function readText(tree: FileTree, path: string): TextFile {
  const file = readBytes(tree, path);
  if (file.kind !== 'file') return file;
  if (hasTooManyLines(file.bytes)) {
    return { kind: 'unreadable', problem: { path, reason: `more than ${MAX_LINES} lines` } };
  }
  return { kind: 'text', path: file.path, text: new TextDecoder().decode(file.bytes) };
}

function hasTooManyLines(bytes: Uint8Array): boolean {
  if (bytes.length <= MAX_LINES) return false;
  let lines = 0;
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) {
    lines += 1;
    if (lines > MAX_LINES) return true;
  }
  return false;
}
