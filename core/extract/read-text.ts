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

/** apk's database has four lines for each file; each line costs many times its length once it is split off. */
const MAX_LINES = 1_000_000;

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
  if (hasTooManyLines(bytes)) return unreadable(path, `more than ${MAX_LINES} lines`);
  return { kind: 'text', path: real, text: new TextDecoder().decode(bytes) };
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

function unreadable(path: string, reason: string): TextFile {
  return { kind: 'unreadable', problem: { path, reason } };
}
