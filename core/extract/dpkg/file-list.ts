import { quote } from '../token.ts';

/** The file lists that dpkg keeps of a package, by the ends of their names (dpkg-query(1) `--listfiles`, deb-md5sums(5)). */
export const FILE_LIST_KINDS = ['.list', '.md5sums'] as const;

/** Reads a package's file list: paths without a leading slash, and the lines that name none. */
export function parseFileList(
  kind: (typeof FILE_LIST_KINDS)[number],
  text: string,
): { readonly paths: readonly string[]; readonly problems: readonly string[] } {
  const paths: string[] = [];
  const problems: string[] = [];
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
    if (line === '') continue;
    const path = kind === '.list' ? listedPath(line) : summedPath(line);
    if (path === undefined) problems.push(`line ${index + 1} names no file: ${quote(line)}`);
    else if (path !== '') paths.push(path);
  }
  return { paths, problems };
}

/** `/usr/bin/python3`; the root itself is listed as `/.`. */
function listedPath(line: string): string | undefined {
  if (!line.startsWith('/')) return undefined;
  return line === '/.' ? '' : line.slice(1);
}

/** `<md5>  usr/bin/python3`. */
function summedPath(line: string): string | undefined {
  return /^[0-9a-f]{32} [ *](?:\.?\/)?(?<path>.+)$/.exec(line)?.groups?.path;
}
