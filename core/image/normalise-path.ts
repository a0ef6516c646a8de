/** A path of an archive below the root of the image. */
interface NormalisedPath {
  /** `/`-separated, no empty, `.` or `..` part; empty for the root itself. */
  readonly path: string;
  /** Whether its `..` parts led above the root, where they stay. */
  readonly escapes: boolean;
}

const NEEDS_CLEANING = /(?:^|\/)\.{0,2}(?:\/|$)/;

/**
 * Cleans a path as Go's `path.Clean("/" + name)` does, which the unpackers apply to
 * every name in a layer: lexically, links not looked at, `..` never above the root.
 */
export function normalisePath(name: string): NormalisedPath {
  if (!NEEDS_CLEANING.test(name)) return { path: name, escapes: false };
  const parts: string[] = [];
  let escapes = false;
  for (const part of name.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..') {
      escapes ||= parts.length === 0;
      parts.pop();
    } else {
      parts.push(part);
    }
  }
  return { path: parts.join('/'), escapes };
}
